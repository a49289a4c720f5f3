import Testing

@testable import OutboxDoctor

@Suite("Doctor: brokers")
struct BrokerJudgementTests {
    private static let address = ServerAddress(host: "kafka", port: 9092)

    /// Brokers that do not answer.
    private func refusal(
        _ answer: PortProbe.Answer, service: PortProbe.Service? = nil, log: [String] = [], otherPort: Int? = nil,
        protocolName: String = "plaintext", isSettling: Bool = false
    ) throws -> Finding {
        var facts = BrokerFacts(error: "_TRANSPORT: no", log: log, otherPort: otherPort, protocolName: protocolName)
        facts.bootstrap = [.init(address: Self.address, answer: answer, service: service)]
        let findings = facts.findings(brokers: 0, isSettling: isSettling)
        try #require(findings.count == 1)
        #expect(findings[0].severity == .error)
        return findings[0]
    }

    @Test("nobody listens: the broker is down, or the port is wrong where something speaks for that")
    func refused() throws {
        let down = try refusal(.refused)
        #expect(down.id == .brokerDown && down.seeAlso == [.wrongPort])
        #expect(down.seen.contains("kafka:9092"))
        let elsewhere = try refusal(.refused, otherPort: 9094)
        #expect(elsewhere.id == .wrongPort && elsewhere.commands == ["export KAFKA_BOOTSTRAP_SERVERS=kafka:9094"])
        #expect(try refusal(.refused, isSettling: true).id == .wrongPort)
        #expect(try refusal(.silent).id == .brokerDown)
        #expect(try refusal(.unknownHost).id == .hostUnknown)
    }

    @Test("another server listens: the port is wrong")
    func otherService() throws {
        let finding = try refusal(.open, service: .postgres, log: ["Disconnected while requesting ApiVersion"])
        #expect(finding.id == .wrongPort && finding.seen.contains("PostgreSQL"))
    }

    @Test("what the client wrote tells a refused login from TLS that does not match")
    func misunderstandings() throws {
        #expect(try refusal(.open, log: ["SASL authentication error: Authentication failed"]).id == .loginRefused)
        let cleartext = try refusal(.open, log: ["Disconnected while requesting ApiVersion: might be caused by …"])
        #expect(cleartext.id == .tls && cleartext.seeAlso.contains(.wrongPort))
        let noTLS = try refusal(.open, service: .kafka, log: ["SSL handshake failed"], protocolName: "ssl")
        #expect(noTLS.id == .tls && noTLS.advice?.contains("speaks no TLS") == true)
    }

    @Test("brokers that answer: all well, unless one of them or what they tell their clients can't be reached")
    func reachable() {
        var facts = BrokerFacts(error: nil)
        facts.bootstrap = [.init(address: Self.address, answer: .open)]
        facts.advertised = [.init(address: Self.address, answer: .open)]
        #expect(facts.findings(brokers: 1, isSettling: false).map(\.id) == [.broker])
        facts.advertised = [.init(address: ServerAddress(host: "inner", port: 1), answer: .unknownHost)]
        let findings = facts.findings(brokers: 1, isSettling: false)
        #expect(findings.map(\.id) == [.broker, .advertisedAddress])
        #expect(findings[1].seen.contains("inner:1"))
    }

    @Test(
        "addresses as librdkafka takes them",
        arguments: [
            ("a:1", "a:1"), ("a", "a:9092"), (" a:1 ", "a:1"), ("[::1]:2", "[::1]:2"), ("SASL_SSL://b:3", "b:3"),
        ])
    func addresses(text: String, expected: String) {
        #expect(ServerAddress.list(text).map(\.description) == [expected])
    }
}
