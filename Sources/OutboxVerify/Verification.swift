package import LibPQ
import LibRDKafka

/// Compares outbox, topics and inbox, on a live system too; reads only.
///
/// Memory is bounded by ``VerifyConfiguration/memory``: what does not fit is compared in several passes, each over a
/// share of the aggregates, each of which reads everything. A pass holds a snapshot of the outbox for as long as it
/// reads it, then one of the read model's database for as long as it reads the inbox.
package struct Verification {
    private static let bytesPerEvent: Int64 = 96
    private static let mostPasses = 4_096

    private let configuration: VerifyConfiguration
    private let outbox: PQPool
    private let query: PQPool?

    /// - Parameters:
    ///   - outbox: the outbox's database.
    ///   - query: the read model's database, if a consumer's inbox is to be compared.
    package init(_ configuration: VerifyConfiguration, outbox: PQPool, query: PQPool?) {
        self.configuration = configuration
        self.outbox = outbox
        self.query = query
    }

    /// Verifies.
    ///
    /// - Parameter progress: is told how far it has come.
    /// - Throws: ``VerifyError``; `PQError` and `KafkaError` when a server can't be read.
    package func run(progress: @escaping (VerifyProgress) -> Void = { _ in }) async throws -> VerifyReport {
        let topics = try TopicReader(configuration)
        do {
            let report = try await run(topics, progress)
            await topics.close()
            return report
        } catch {
            await topics.close()
            throw error
        }
    }

    private func run(
        _ topics: TopicReader, _ progress: @escaping (VerifyProgress) -> Void
    ) async throws -> VerifyReport {
        var inbox: InboxReader?
        if let query, let consumer = configuration.consumer { inbox = InboxReader(pool: query, consumer: consumer) }
        let sources = Sources(outbox: OutboxReader(pool: outbox), topics: topics, inbox: inbox)
        try await sources.outbox.check()
        try await inbox?.check()
        var passes = try await estimatedPasses(sources)
        while true {
            do {
                return try await run(sources, passes: passes, progress)
            } catch is Pass.TooLarge {
                progress(.ended)
                guard passes < Self.mostPasses else {
                    throw VerifyError(
                        .memory, "the events of a single aggregate don't fit into the memory; give it more")
                }
                passes *= 2
            }
        }
    }

    private func run(
        _ sources: Sources, passes: Int, _ progress: @escaping (VerifyProgress) -> Void
    ) async throws -> VerifyReport {
        var report = VerifyReport(configuration)
        report.passes = passes
        var outcomes: [Pass.Outcome] = []
        for number in 0..<passes {
            let pass = Pass(configuration, number: number, of: passes, progress: progress)
            var outcome = try await pass.run(sources)
            report.add(outcome, limit: configuration.limit)
            outcome.verdict.findings = []
            outcomes.append(outcome)
        }
        report.explain(outcomes, configuration)
        let aggregates = try await sources.outbox.aggregates(of: report.findings.compactMap(\.eventID))
        for index in report.findings.indices {
            report.findings[index].aggregate = report.findings[index].eventID.flatMap { aggregates[$0] }
        }
        return report
    }

    private func estimatedPasses(_ sources: Sources) async throws -> Int {
        let partitions = try await sources.topics.partitions(of: [], andThoseOf: configuration.topicTemplate)
        let records = try await sources.topics.watermarks(of: partitions).values.reduce(0) { $0 + ($1.high - $1.low) }
        // With bounds it may be far less: then the memory shows whether one pass is enough.
        guard configuration.since == nil, configuration.until == nil, configuration.aggregateTypes == nil else {
            return 1
        }
        let needed = records * Self.bytesPerEvent
        return max(1, Int((needed + Int64(configuration.memory) - 1) / Int64(max(configuration.memory, 1))))
    }
}
