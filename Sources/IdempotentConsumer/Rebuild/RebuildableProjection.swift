public import LibPQ

/// A projection whose tables have a schema to themselves, so that they can be built anew beside those that serve.
public protocol RebuildableProjection: Projection {
    /// The schema that holds the projection's tables and nothing else; up to 50 bytes.
    var schema: String { get }

    /// The same projection over tables in another schema.
    func inSchema(_ schema: String) -> Self

    /// Makes ``schema`` with its tables, empty. Only what is in the schema may be touched.
    func makeTables(in transaction: PQTransaction) async throws
}

extension RebuildableProjection {
    /// Where the new tables grow.
    var shadowSchema: String { schema + "_rebuild" }
    /// Where the old tables are after the swap, until they are dropped.
    var replacedSchema: String { schema + "_replaced" }
}
