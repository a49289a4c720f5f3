import LibPQ
import LibRDKafka
import Outbox
import OutboxCommandLine
import OutboxDoctor

/// Reads what `outbox top` shows, over connections that it keeps.
struct TopReader: Sendable {
    let pool: PQPool
    /// `nil` when no lag is asked for.
    let admin: KafkaAdmin?
    let groups: [String]
    let topicPrefix: String
    /// The address of a dispatcher's metrics.
    let metrics: String?

    /// - Throws: `PQError` when the outbox can't be read; what else can't be read is a trouble of the sample.
    func read() async throws -> TopSample {
        async let metrics = self.readMetrics()
        async let lag = self.readLag()
        var sample = try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
            TopSample(
                at: .now, types: try await OutboxStatus.aggregateTypes(in: transaction),
                shares: try await LaneShares.read(in: transaction))
        }
        let number = try? await pool.withConnection {
            try await $0.query("SELECT last_value FROM outbox_events_id_seq")
        }
        sample.lastSequence = try number?.int64(row: 0, column: 0)
        switch await metrics {
        case .success(let found): sample.metrics = found
        case .failure(let failure): sample.troubles.append(failure.reason)
        }
        switch await lag {
        case .success(let found): sample.lag = found
        case .failure(let failure): sample.troubles.append(failure.reason)
        }
        return sample
    }

    private struct Failure: Error {
        let reason: String
    }

    private func readMetrics() async -> Result<DispatcherMetrics?, Failure> {
        guard let metrics else { return .success(nil) }
        do {
            return .success(DispatcherMetrics(try await MetricsPage.read(from: metrics, within: .seconds(2))))
        } catch {
            return .failure(Failure(reason: "\(error)"))
        }
    }

    private func readLag() async -> Result<[ConsumerLag], Failure> {
        guard let admin else { return .success([]) }
        do {
            return .success(try await ConsumerLag.read(groups: groups, topicPrefix: topicPrefix, admin: admin))
        } catch {
            return .failure(Failure(reason: "lag of the consumers: \(error)"))
        }
    }
}
