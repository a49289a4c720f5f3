import LibPQ
import Servers
import Testing

@testable import Faults

@Suite("Proxy of faults")
struct TCPProxyTests {
    private func connect(_ proxy: TCPProxy) async throws -> PQConnection {
        try await PQConnection.connect(
            PQConfiguration(
                url: "postgresql://postgres@127.0.0.1:\(proxy.port)/postgres?sslmode=disable&gssencmode=disable",
                connectTimeout: .seconds(20)))
    }

    private func proxy() async throws -> TCPProxy {
        let proxy = try TCPProxy()
        proxy.forward(to: try await PostgresServer.shared().port)
        return proxy
    }

    @Test("passes bytes on, many and both ways")
    func pass() async throws {
        let proxy = try await proxy()
        let connection = try await connect(proxy)
        let text = String(repeating: "x", count: 3 << 20)
        let answer = try await connection.query("SELECT \(text)::text")
        #expect(try answer[0].decode(0, as: String.self) == text)
        await connection.close()
        // It ends with the last reference to it.
        proxy.cut()
    }

    @Test("delays, and passes on at once again")
    func delay() async throws {
        let proxy = try await proxy()
        let connection = try await connect(proxy)
        proxy.behave(.delay(.milliseconds(300)))
        let time = try await ContinuousClock().measure { _ = try await connection.query("SELECT 1") }
        // Both ways.
        #expect(time >= .milliseconds(600))
        await connection.close()
    }

    @Test("carries nothing while it stalls, and goes on where it was")
    func stall() async throws {
        let proxy = try await proxy()
        let connection = try await connect(proxy)
        proxy.behave(.stall)
        let answer = Task { try await connection.query("SELECT 7::int8").int64(row: 0, column: 0) }
        let healing = Task {
            try await Task.sleep(for: .milliseconds(300))
            proxy.behave(.pass)
        }
        let began = ContinuousClock.now
        let value = try await answer.value
        #expect(value == 7)
        #expect(ContinuousClock.now - began >= .milliseconds(200))
        try await healing.value
        await connection.close()
    }

    @Test("cuts connections and refuses new ones until it is healed", arguments: [true, false])
    func cut(_ isWhole: Bool) async throws {
        let proxy = try await proxy()
        let connection = try await connect(proxy)
        if isWhole {
            proxy.behave(.refuse)
            proxy.cut()
        } else {
            proxy.halfClose(.toClient)
        }
        await #expect(throws: PQError.self) { try await connection.query("SELECT 1") }
        await connection.close()
        if isWhole { await #expect(throws: PQError.self) { try await connect(proxy) } }
        proxy.behave(.pass)
        let next = try await connect(proxy)
        _ = try await next.query("SELECT 1")
        await next.close()
    }
}
