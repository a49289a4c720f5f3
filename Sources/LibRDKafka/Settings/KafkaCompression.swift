/// How a producer compresses its batches.
public enum KafkaCompression: String, Sendable, CaseIterable {
    /// Not at all.
    case none
    /// gzip.
    case gzip
    /// Snappy.
    case snappy
    /// LZ4.
    case lz4
    /// Zstandard.
    case zstd
}
