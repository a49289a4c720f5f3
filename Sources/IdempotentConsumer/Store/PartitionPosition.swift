/// What the database says about a partition.
struct PartitionPosition: Hashable, Sendable {
    /// Records before this one have been applied.
    var nextOffset: Int64
    /// Grows with every change of the partition's holds.
    var holdsVersion: Int64
}
