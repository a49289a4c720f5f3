import LibPQ

extension OutboxPartitions {
    /// Makes an index on every partition, without keeping writers waiting, and so on the table. Can be repeated.
    ///
    /// - Parameters:
    ///   - name: the index's name on the table.
    ///   - definition: what follows the table's name in `CREATE INDEX`.
    static func buildIndex(_ name: String, _ definition: String, on connection: PQConnection) async throws {
        try await connection.run(script: "CREATE INDEX IF NOT EXISTS \(name) ON ONLY outbox_events \(definition)")
        let missing = try await connection.query(
            """
            SELECT p.partition::text, c.relname || \(String(name.dropFirst("outbox_events".count)))
            FROM outbox_partitions() p JOIN pg_class c ON c.oid = p.partition
            WHERE NOT EXISTS (
                SELECT FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid
                WHERE inhparent = \(name)::regclass AND indrelid = p.partition)
            """)
        for row in missing.rows {
            let (partition, index) = try row.decode((String, String).self)
            // What an interrupted run left may be broken.
            try await connection.run(script: "DROP INDEX IF EXISTS \(index)")
            try await connection.run(script: "CREATE INDEX CONCURRENTLY \(index) ON \(partition) \(definition)")
            try await connection.run(script: "ALTER INDEX \(name) ATTACH PARTITION \(index)")
        }
    }
}
