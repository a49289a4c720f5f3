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
    /// Random, whatever the key.
    case random = "random"

    /// The partition that Java clients and ``murmur2Random`` choose for a key.
    ///
    /// - Parameters:
    ///   - key: The key's bytes.
    ///   - partitionCount: How many partitions the topic has; at least 1.
    /// - Returns: A partition from 0 up to, not including, `partitionCount`; 0 when the count is not positive.
    public static func murmur2Partition(ofKey key: [UInt8], partitionCount: Int32) -> Int32 {
        guard partitionCount > 0 else { return 0 }
        return key.withUnsafeBytes { bytes in
            rd_kafka_msg_partitioner_murmur2(
                nil, EmptyBytes.address(of: bytes), bytes.count, partitionCount, nil, nil)
        }
    }
}
