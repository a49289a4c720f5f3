import Foundation
import Servers

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// What a server answers.
struct HTTPAnswer {
    let status: Int
    let body: String

    static func get(_ url: String) async throws -> HTTPAnswer {
        guard let url = URL(string: url) else { throw URLError(.badURL) }
        let (data, response) = try await URLSession.shared.data(from: url)
        return HTTPAnswer(
            status: (response as? HTTPURLResponse)?.statusCode ?? 0, body: String(decoding: data, as: UTF8.self))
    }
}

extension ChildProcess {
    /// Where a tool serves health and metrics, as its log says.
    func httpAddress() async throws -> String {
        let line = try await waitForLine(containing: "Serving HTTP", within: .seconds(60)).text
        let address = line.firstMatch(of: /address"?[=:]"?([0-9.:]+)/)?.output.1
        guard let address else { throw ServerError(.startFailed, "no address in: \(line)") }
        return String(address)
    }
}
