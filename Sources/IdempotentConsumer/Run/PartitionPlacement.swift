import LibRDKafka
import OutboxTelemetry

/// Decides where reading a partition goes on.
struct PartitionPlacement: Sendable {
    let store: ConsumerStore
    let start: ConsumerConfiguration.Start
    let metrics: ConsumeMetrics
    let logger: Logger

    /// The database's offset, where it still fits the topic; otherwise the place that loses nothing.
    ///
    /// - Parameters:
    ///   - known: what the database says; nil for a partition that it does not know.
    ///   - watermarks: the ends of the partition.
    ///   - committed: asks for the Kafka group's offset.
    /// - Returns: what the database says now.
    func resolve(
        _ partition: PartitionID, known: PartitionPosition?, watermarks: KafkaWatermarks,
        committed: () async throws -> Int64?
    ) async throws -> PartitionPosition {
        guard let known else {
            let offset: Int64
            switch start {
            case .earliest: offset = watermarks.low
            case .latest: offset = watermarks.high
            case .committed:
                let stored = try await committed()
                offset = min(max(stored ?? watermarks.low, watermarks.low), watermarks.high)
            }
            return try await store.setPosition(of: partition, to: offset, replacing: nil)
        }
        if known.nextOffset > watermarks.high {
            logger.error(
                """
                the database's offset lies beyond the partition's end, as when the topic was made anew; reading goes \
                on at the oldest record, and events that took effect before are left out
                """,
                metadata: [
                    "topic": "\(partition.topic)", "partition": "\(partition.partition)",
                    "database_offset": "\(known.nextOffset)", "end": "\(watermarks.high)",
                    "oldest": "\(watermarks.low)",
                ])
            return try await store.setPosition(of: partition, to: watermarks.low, replacing: known.nextOffset)
        }
        if known.nextOffset < watermarks.low {
            metrics.lost.increment(by: Int(watermarks.low - known.nextOffset))
            logger.critical(
                """
                the topic dropped records before they were applied; reading goes on at the oldest one there is. Rebuild \
                the read model, and let the topic keep records for longer than this consumer is ever down
                """,
                metadata: [
                    "topic": "\(partition.topic)", "partition": "\(partition.partition)",
                    "database_offset": "\(known.nextOffset)", "oldest": "\(watermarks.low)",
                ])
            return try await store.setPosition(of: partition, to: watermarks.low, replacing: known.nextOffset)
        }
        return known
    }
}
