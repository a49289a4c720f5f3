import LibPQ
import OutboxCommandLine

/// Shows how far the server is with an index of the outbox, which on a large table takes minutes.
enum IndexProgress {
    /// One look.
    private struct Look: Equatable {
        let index: Int64
        let phase: String
        let done, total: Int
    }

    /// Shows progress while `body` runs on another connection of the pool.
    ///
    /// - Parameter pool: its connections share an application name, by which the building session is found.
    static func shown<Result>(in pool: PQPool, isQuiet: Bool, while body: () async throws -> Result) async throws
        -> Result
    {
        guard !isQuiet else { return try await body() }
        let watch = Task { await self.watch(pool) }
        do {
            let result = try await body()
            watch.cancel()
            await watch.value
            return result
        } catch {
            watch.cancel()
            await watch.value
            throw error
        }
    }

    private static func watch(_ pool: PQPool) async {
        var shown: (look: Look, bar: Progress)?
        while !Task.isCancelled {
            // Whoever may not look sees no progress, and that is all.
            let look = try? await look(pool)
            if let look, let (last, bar) = shown, (last.index, last.phase) == (look.index, look.phase) {
                bar.advance(by: max(0, look.done - last.done))
                shown = (look, bar)
            } else {
                shown?.bar.finish()
                shown = look.map { look in
                    let bar = Progress(look.phase, total: look.total > 0 ? look.total : nil)
                    bar.advance(by: look.done)
                    return (look, bar)
                }
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
        shown?.bar.finish()
    }

    private static func look(_ pool: PQPool) async throws -> Look? {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT p.index_relid::int8, coalesce(c.relname || ', ', '') || p.phase,
                    CASE WHEN p.tuples_total > 0 THEN p.tuples_done ELSE p.blocks_done END,
                    CASE WHEN p.tuples_total > 0 THEN p.tuples_total ELSE p.blocks_total END
                FROM pg_stat_progress_create_index p JOIN pg_stat_activity a USING (pid)
                LEFT JOIN pg_class c ON c.oid = p.index_relid
                WHERE a.datname = current_database() AND a.application_name = current_setting('application_name')
                LIMIT 1
                """)
            guard result.rowCount > 0 else { return nil }
            let (index, phase, done, total) = try result[0].decode((Int64, String, Int64, Int64).self)
            return Look(index: index, phase: phase, done: Int(done), total: Int(total))
        }
    }
}
