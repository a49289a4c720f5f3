import CLibRDKafka

/// How a record's partition follows from its key.
public enum KafkaPartitioner: String, Sendable, CaseIterable {
    /// What Java clients do: murmur2 of the key; a record without a key goes to a random partition.
    case murmur2Random = "murmur2_random"
    /// murmur2 of the key; records without a key all go to the same partition.
    case murmur2 = "murmur2"
    /// CRC32 of the key (librdkafka's own default); without a key, random.
    case consistentRandom = "consistent_random"
    /// CRC32 of the key; records without a key all go to the same partition.
    case consistent = "consistent"
    /// FNV-1a of the key, as Sarama does; without a key, random.
    case fnv1aRandom = "fnv1a_random"
    /// FNV-1a of the key; records without a key all go to the same partition.
    case fnv1a = "fnv1a"
    /// Random, whatever the key.
    case random = "random"

    /// The partition that this partitioner chooses for a key.
    ///
    /// - Parameters:
    ///   - key: The key's bytes; not empty.
    ///   - partitionCount: How many partitions the topic has.
    /// - Returns: A partition from 0 up to, not including, `partitionCount`; `nil` for ``random``, and when the count is
    ///   not positive.
    public func partition(ofKey key: UnsafeRawBufferPointer, partitionCount: Int32) -> Int32? {
        guard partitionCount > 0 else { return nil }
        let address = EmptyBytes.address(of: key)
        switch self {
        case .murmur2Random, .murmur2:
            return rd_kafka_msg_partitioner_murmur2(nil, address, key.count, partitionCount, nil, nil)
        case .consistentRandom, .consistent:
            return rd_kafka_msg_partitioner_consistent(nil, address, key.count, partitionCount, nil, nil)
        case .fnv1aRandom, .fnv1a:
            return rd_kafka_msg_partitioner_fnv1a(nil, address, key.count, partitionCount, nil, nil)
        case .random:
            return nil
        }
    }

    /// The partition that Java clients and ``murmur2Random`` choose for a key.
    ///
    /// - Parameters:
    ///   - key: The key's bytes.
    ///   - partitionCount: How many partitions the topic has; at least 1.
    /// - Returns: A partition from 0 up to, not including, `partitionCount`; 0 when the count is not positive.
    public static func murmur2Partition(ofKey key: [UInt8], partitionCount: Int32) -> Int32 {
        key.withUnsafeBytes { murmur2.partition(ofKey: $0, partitionCount: partitionCount) ?? 0 }
    }
}
