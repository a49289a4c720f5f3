import Foundation
import LibRDKafka
import Servers
import Synchronization

/// Notes when each event first came from its topic; looks at nothing but one header.
final class Arrivals: Sendable {
    private let consumer: KafkaConsumer
    private let times = Mutex<[Int64: Double]>([:])

    /// Reads topics of four partitions from their beginning.
    init(_ topics: [String], bootstrapServers: String) async throws {
        consumer = try KafkaConsumer(
            KafkaConsumerConfiguration(bootstrapServers: bootstrapServers, groupID: "bench-\(UUID().uuidString)"))
        try await consumer.assign(
            topics.flatMap { topic in
                (0..<FullTopics.partitions).map {
                    KafkaTopicPartitionOffset(KafkaTopicPartition(topic, $0), .earliest)
                }
            })
    }

    /// When each sequence came, in seconds since 1970.
    var bySequence: [Int64: Double] { times.withLock { $0 } }

    /// Reads until its task is cancelled.
    func read() async throws {
        while !Task.isCancelled {
            for case .messages(_, let records) in try await consumer.poll(timeout: .seconds(1)) {
                let now = Date().timeIntervalSince1970
                times.withLock { times in
                    for record in records {
                        guard let sequence = record.headerText("sequence").flatMap({ Int64($0) }) else { continue }
                        if times[sequence] == nil { times[sequence] = now }
                    }
                }
            }
        }
        await consumer.close()
    }

    /// Reads while `body` runs, and then until so many events as it returned have come.
    ///
    /// - Returns: what `body` returned.
    func during(_ body: () async throws -> [SteadyLoad.Commit]) async throws -> [SteadyLoad.Commit] {
        let reading = Task { try await read() }
        defer { reading.cancel() }
        let commits = try await body()
        try await eventually(within: .seconds(120), "all \(commits.count) events came from Kafka") {
            times.withLock { $0.count } >= commits.count
        }
        reading.cancel()
        try await reading.value
        return commits
    }
}
