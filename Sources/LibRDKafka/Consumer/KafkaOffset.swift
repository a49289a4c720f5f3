import CLibRDKafka

/// A place in a partition.
public enum KafkaOffset: Sendable, Hashable {
    /// The group's committed offset, or where `auto.offset.reset` says if there is none.
    case stored
    /// The oldest record that is still there.
    case earliest
    /// Behind the newest record.
    case latest
    /// The record with this offset.
    case offset(Int64)

    init(logical: Int64) {
        switch logical {
        case Int64(RD_KAFKA_OFFSET_STORED), Int64(RD_KAFKA_OFFSET_INVALID): self = .stored
        case Int64(RD_KAFKA_OFFSET_BEGINNING): self = .earliest
        case Int64(RD_KAFKA_OFFSET_END): self = .latest
        default: self = .offset(logical)
        }
    }

    var logical: Int64 {
        switch self {
        case .stored: Int64(RD_KAFKA_OFFSET_STORED)
        case .earliest: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .latest: Int64(RD_KAFKA_OFFSET_END)
        case .offset(let offset): offset
        }
    }
}
