/// Which offset of a partition is asked for.
public enum KafkaOffsetQuery: Sendable, Hashable {
    /// The oldest record's.
    case earliest
    /// The one that the next record will get.
    case latest
    /// That of the first record at or after a time, in milliseconds since 1970 UTC.
    case timestamp(milliseconds: Int64)
}
