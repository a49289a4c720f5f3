import LibPQ

/// Looks at the cache as a reader would: an answer must never be older than one that was given before.
struct CacheWatch {
    let scene: Scene

    func run(until stop: StopFlag) async throws {
        var newest: [String: Int64] = [:]
        while !stop.isSet {
            // While the database is away, there is nothing to see.
            for (key, applied) in (try? await answers()) ?? [] {
                let before = newest[key] ?? 0
                if applied < before {
                    scene.complaints.add("the cache went back", "\(key): \(applied) events after \(before)")
                }
                newest[key] = max(before, applied)
            }
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    private func answers() async throws -> [(String, Int64)] {
        try await scene.world.query.withConnection { connection in
            let result = try await connection.query(
                "SELECT key, (value ->> 'applied')::int8 FROM query_cache WHERE value IS NOT NULL")
            return try result.rows.map { try $0.decode((String, Int64).self) }
        }
    }
}
