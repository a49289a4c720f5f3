import LibRDKafka
import Synchronization

/// Whether the brokers answer, and what the client said meanwhile.
struct BrokerFacts: Sendable {
    /// A broker as the settings or the cluster name it.
    struct Place: Sendable, Hashable {
        let address: ServerAddress
        var answer: PortProbe.Answer
        /// Who listens there, where it was asked.
        var service: PortProbe.Service?
    }

    /// As `KAFKA_BOOTSTRAP_SERVERS` names them.
    var bootstrap: [Place] = []
    /// As the cluster tells its clients; the same ones where it does not answer.
    var advertised: [Place] = []
    /// Why there is no answer; `nil` when there is one.
    var error: String?
    /// What librdkafka wrote meanwhile.
    var log: [String] = []
    /// Another port of a host at which Kafka listens.
    var otherPort: Int?
    var protocolName = "plaintext"

    var isReachable: Bool { error == nil }

    private static let usualPorts = [9092, 9093, 9094, 19092, 29092]

    static func read(
        _ configuration: DoctorConfiguration, admin: KafkaAdmin, log: ClientLog
    ) async -> (facts: BrokerFacts, metadata: KafkaMetadata?) {
        let limit = configuration.timeout
        var facts = BrokerFacts()
        facts.protocolName = configuration.kafkaProperties["security.protocol"]?.lowercased() ?? "plaintext"
        facts.bootstrap = await places(ServerAddress.list(configuration.bootstrapServers), within: limit)
        guard facts.bootstrap.contains(where: { $0.answer == .open }) else {
            facts.error = "no broker can be connected to"
            if let host = facts.bootstrap.first(where: { $0.answer == .refused })?.address.host {
                facts.otherPort = await PortProbe.find(
                    .kafka, at: host,
                    ports: usualPorts.filter { port in
                        !facts.bootstrap.contains { $0.address.port == port }
                    }, within: min(limit, .seconds(1)))
            }
            return (facts, nil)
        }
        do throws(KafkaError) {
            let metadata = try await admin.metadata(topics: nil, timeout: limit)
            facts.advertised = await places(
                metadata.brokers.map { ServerAddress(host: $0.host, port: Int($0.port)) }, within: limit)
            return (facts, metadata)
        } catch {
            facts.error = "\(error)"
            facts.log = log.lines
            for index in facts.bootstrap.indices where facts.bootstrap[index].answer == .open {
                facts.bootstrap[index].service = await PortProbe.service(
                    at: facts.bootstrap[index].address, within: min(limit, .seconds(1)))
            }
            return (facts, nil)
        }
    }

    private static func places(_ addresses: [ServerAddress], within limit: Duration) async -> [Place] {
        await withTaskGroup(of: Place.self) { group in
            for address in addresses {
                group.addTask {
                    Place(address: address, answer: await PortProbe.answer(address, within: min(limit, .seconds(3))))
                }
            }
            var places: [ServerAddress: Place] = [:]
            for await place in group { places[place.address] = place }
            return addresses.compactMap { places[$0] }
        }
    }
}

/// What a Kafka client writes to its log, its beginning.
final class ClientLog: Sendable {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock { $0 } }

    func add(_ line: KafkaLogLine) {
        state.withLock { if $0.count < 100 { $0.append(line.message) } }
    }
}
