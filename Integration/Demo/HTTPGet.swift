import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The little HTTP that the demo needs.
enum HTTPGet {
    static func status(_ address: String, _ path: String) async throws -> Int {
        try await get(address, path).status
    }

    static func text(_ address: String, _ path: String) async throws -> String {
        try await get(address, path).text
    }

    private static func get(_ address: String, _ path: String) async throws -> (status: Int, text: String) {
        guard let url = URL(string: "http://\(address)\(path)") else { throw URLError(.badURL) }
        let (data, response) = try await URLSession.shared.data(from: url)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }
}
