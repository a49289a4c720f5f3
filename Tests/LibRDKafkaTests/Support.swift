import LibRDKafka
import Synchronization
import Testing

/// A mock cluster with one topic.
func mockCluster(topic: String, partitions: Int32 = 4, brokers: Int = 1) throws -> KafkaMockCluster {
    let cluster = try KafkaMockCluster(brokers: brokers)
    try cluster.createTopic(topic, partitions: partitions, replicationFactor: Int32(brokers))
    return cluster
}

func producer(
    _ cluster: KafkaMockCluster, _ change: (inout KafkaProducerConfiguration) -> Void = { _ in }
) throws -> KafkaProducer {
    var configuration = KafkaProducerConfiguration(bootstrapServers: cluster.bootstrapServers)
    configuration.linger = .zero
    change(&configuration)
    return try KafkaProducer(configuration)
}

func consumer(
    _ cluster: KafkaMockCluster, group: String = "group",
    _ change: (inout KafkaConsumerConfiguration) -> Void = { _ in }
) throws -> KafkaConsumer {
    var configuration = KafkaConsumerConfiguration(bootstrapServers: cluster.bootstrapServers, groupID: group)
    change(&configuration)
    return try KafkaConsumer(configuration)
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}

struct TimeOut: Error {}

/// Polls until `isDone` says so, answering rebalances; fails after `limit`.
func consume(
    _ consumer: KafkaConsumer, limit: Duration = .seconds(60), until isDone: ([KafkaRecord]) -> Bool
) async throws -> [KafkaRecord] {
    let deadline = ContinuousClock.now + limit
    var records: [KafkaRecord] = []
    while !isDone(records) {
        guard ContinuousClock.now < deadline else { throw TimeOut() }
        for event in try await consumer.poll(timeout: .milliseconds(500)) {
            switch event {
            case .messages(_, let batch): records += batch
            case .assigned(let partitions):
                try await consumer.completeAssign(partitions.map { KafkaTopicPartitionOffset($0, .stored) })
            case .revoked(let partitions, _): try await consumer.completeRevoke(partitions)
            case .endOfPartition, .error: break
            }
        }
    }
    return records
}

/// Waits for a condition; fails after `limit`.
func eventually(within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TimeOut() }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Collects what closures bring from other threads.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    func append(_ element: Element) {
        elements.withLock { $0.append(element) }
    }

    var all: [Element] { elements.withLock { $0 } }
}

extension KafkaSendResult {
    var isQueued: Bool {
        if case .queued = self { true } else { false }
    }

    var error: KafkaError? {
        if case .rejected(let error) = self { error } else { nil }
    }
}

extension KafkaProducerBatch {
    func send(
        _ topic: KafkaTopic, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?
    ) -> KafkaSendResult {
        send(topic, key: key, value: value, headers: KafkaHeaders())
    }

    func send(_ topic: KafkaTopic, key: [UInt8]?, value: [UInt8]) -> KafkaSendResult {
        value.withUnsafeBytes { send(topic, key: nil, value: $0) }
    }
}
