import FoundationEssentials
import LibRDKafka
import Servers
import Testing

/// A topic of its own on the shared broker, for one test.
struct KafkaTopicFixture {
    let broker: KafkaBroker
    let name: String
    let partitions: [KafkaTopicPartition]

    init(partitions: Int32 = 1, settings: [String: String] = [:]) async throws {
        broker = try await KafkaBroker.shared()
        name = "rdkafka-\(UUID().uuidString.lowercased())"
        try await broker.createTopic(name, partitions: partitions, settings: settings)
        let name = name
        self.partitions = (0..<partitions).map { KafkaTopicPartition(name, $0) }
    }

    func producer(_ change: (inout KafkaProducerConfiguration) -> Void = { _ in }) throws -> KafkaProducer {
        var configuration = KafkaProducerConfiguration(bootstrapServers: broker.bootstrapServers)
        change(&configuration)
        return try KafkaProducer(configuration)
    }

    func consumer(
        group: String? = nil, _ change: (inout KafkaConsumerConfiguration) -> Void = { _ in }
    ) throws -> KafkaConsumer {
        var configuration = KafkaConsumerConfiguration(
            bootstrapServers: broker.bootstrapServers, groupID: group ?? "group-\(name)")
        change(&configuration)
        return try KafkaConsumer(configuration)
    }

    func admin() throws -> KafkaAdmin {
        try KafkaAdmin(bootstrapServers: broker.bootstrapServers)
    }

    /// Sends records `0 ..< count`, each to the partition of its number, and expects them to be acknowledged.
    func fill(_ count: Int) async throws {
        let producer = try producer()
        let reports = try await producer.send(
            (0..<count).map { index in
                KafkaMessage(
                    topic: name, partition: Int32(index % partitions.count), value: Array("\(index)".utf8))
            })
        #expect(reports.allSatisfy { $0.error == nil })
        await producer.close()
    }

    /// Everything that is on the topic, by partition, read without a group.
    func read() async throws -> [[KafkaRecord]] {
        let admin = try admin()
        let ends = try await admin.listOffsets(partitions, at: .latest)
        await admin.close()
        let consumer = try consumer { $0.reportsEndOfPartition = true }
        try await consumer.assign(partitions.map { KafkaTopicPartitionOffset($0, .earliest) })
        var records = partitions.map { _ in [KafkaRecord]() }
        var ended: Set<KafkaTopicPartition> = []
        try await eventually(within: .seconds(60), "\(name) is read to \(ends)") {
            for event in try await consumer.poll(timeout: .seconds(1)) {
                switch event {
                case .messages(let partition, let batch): records[Int(partition.partition)] += batch
                case .endOfPartition(let partition): ended.insert(partition)
                default: break
                }
            }
            return ended.count == partitions.count
        }
        await consumer.close()
        return records
    }
}

/// A consumer that is driven step by step; remembers what it holds and what it has read.
final class DrivenConsumer {
    let consumer: KafkaConsumer
    private(set) var held: Set<KafkaTopicPartition> = []
    private(set) var records: [KafkaRecord] = []
    private(set) var openRevocation: [KafkaTopicPartition]?
    /// How many partitions each rebalance has brought or taken.
    private(set) var assignments: [Int] = []
    private(set) var revocations: [Int] = []
    /// Whether revocations are left open.
    var holdsRevocations = false

    init(_ consumer: KafkaConsumer) {
        self.consumer = consumer
    }

    func step(timeout: Duration = .milliseconds(100)) async throws {
        for event in try await consumer.poll(timeout: timeout) {
            switch event {
            case .messages(let partition, let batch):
                #expect(held.contains(partition))
                records += batch
            case .assigned(let partitions):
                assignments.append(partitions.count)
                held.formUnion(partitions)
                try await consumer.completeAssign(partitions.map { KafkaTopicPartitionOffset($0, .stored) })
            case .revoked(let partitions, let isLost):
                #expect(!isLost)
                revocations.append(partitions.count)
                openRevocation = partitions
                if !holdsRevocations { try await completeRevocation() }
            case .error(let error):
                Issue.record(error)
            case .endOfPartition:
                break
            }
        }
    }

    func completeRevocation() async throws {
        guard let partitions = openRevocation else { return }
        openRevocation = nil
        held.subtract(partitions)
        // What has been read so far is done: the next owner goes on behind it.
        var next: [KafkaTopicPartition: Int64] = [:]
        for record in records where partitions.contains(record.topicPartition) {
            next[record.topicPartition] = record.offset + 1
        }
        try await consumer.commit(next.map { KafkaTopicPartitionOffset($0, .offset($1)) })
        try await consumer.completeRevoke(partitions)
    }
}
