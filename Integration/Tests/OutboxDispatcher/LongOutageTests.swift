import FoundationEssentials
import OutboxDispatcher
import Servers
import Testing

@Suite("Dispatcher: long outages under load", .serialized)
struct LongOutageTests {
    /// Megabytes that a process holds in memory.
    private func residentMegabytes(_ process: ChildProcess) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(process.processID)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first }
            .flatMap { Int($0) }.map { $0 / 1024 } ?? 0
    }

    @Test(
        "Kafka frozen for longer than every time-out, and PostgreSQL gone, under load: a handful of lines, bounded memory, and all goes on within seconds",
        .requiresPrivateBroker)
    func both() async throws {
        let broker = try await KafkaBroker.start()
        defer { broker.close() }
        let postgres = try await PostgresServer.start()
        let fixture = try await DispatcherFixture.make(postgres: postgres, broker: broker)
        let dispatcher = try BuiltTool.outbox.start(
            ["dispatch"],
            environment: [
                "DATABASE_URL": fixture.database.url(as: .dispatcher),
                "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers,
                "OUTBOX_TOPIC_TEMPLATE": fixture.template, "OUTBOX_HTTP_ADDRESS": "127.0.0.1:0",
                "KAFKA_CONFIG_REQUEST_TIMEOUT_MS": "3000", "KAFKA_CONFIG_SOCKET_TIMEOUT_MS": "4000",
            ])
        try await fixture.insert(aggregates: 500, perAggregate: 10)
        try await fixture.waitUntilPublished("position", 5000)

        var lines = dispatcher.errorOutput.lines().count
        try broker.pause()
        try await fixture.insert(aggregates: 500, perAggregate: 60)
        // Longer than `socket.timeout.ms`.
        try await Task.sleep(for: .seconds(6))
        let memory = residentMegabytes(dispatcher)
        try broker.resume()
        var back = ContinuousClock.now
        try await fixture.waitUntilPublished("position", 5001)
        print("Kafka frozen for 6 s: goes on after \(ContinuousClock.now - back), memory \(memory) MB")
        try await fixture.waitUntilPublished("position", 35_000)
        let duration = (ContinuousClock.now - back) / Duration.seconds(1)
        print("and 30,000 events recovered at \(Int(30_000 / duration)) a second")
        var news = dispatcher.errorOutput.lines().dropFirst(lines).map(\.text)
        #expect(news.count <= 6, "\(news)")
        #expect(memory < 400)

        try await fixture.insert(aggregates: 500, perAggregate: 20)
        lines = dispatcher.errorOutput.lines().count
        try await postgres.stop(mode: .immediate)
        try await Task.sleep(for: .seconds(3))
        try await postgres.start()
        back = .now
        try await fixture.waitUntilPublished("position", 45_000)
        print("PostgreSQL gone for 3 s: 10,000 events after \(ContinuousClock.now - back)")
        news = dispatcher.errorOutput.lines().dropFirst(lines).map(\.text)
        #expect(news.count <= 8, "\(news)")
        #expect(try await fixture.database.count("retry_count > 0") == 0)
        #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        try await fixture.checkTopic()
        try await postgres.close()
    }
}
