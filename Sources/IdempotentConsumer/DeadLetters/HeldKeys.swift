import LibPQ

/// Names aggregates on hold, column by column as statements take them.
struct HeldKeys: Sendable {
    var topics: [String] = []
    var partitions: [Int32] = []
    var types: [String] = []
    var ids: [String] = []

    init() {}

    /// - Parameter result: topic, partition, aggregate type, aggregate id.
    init(_ result: PQResult) throws(PQError) {
        for row in result.rows {
            topics.append(try row.decode(0))
            partitions.append(try row.decode(1))
            types.append(try row.decode(2))
            ids.append(try row.decode(3))
        }
    }

    var count: Int { ids.count }
    var isEmpty: Bool { ids.isEmpty }
}
