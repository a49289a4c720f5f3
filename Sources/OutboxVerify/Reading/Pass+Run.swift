import FoundationEssentials
import IdempotentConsumer
import LibPQ
import LibRDKafka

/// From where a pass reads.
struct Sources {
    let outbox: OutboxReader
    let topics: TopicReader
    let inbox: InboxReader?
}

extension Pass {
    /// What a pass found, beside its verdict.
    struct Outcome {
        var verdict: Comparison.Verdict
        var partitions: [KafkaTopicPartition]
        /// Of topics from which records may be missing.
        var cutTopics: Set<String>
        var settledRows: Int
        /// Whether events that only the inbox knows were looked for.
        var judgesStrangers: Bool
    }

    /// Reads everything, in the order that ``Comparison`` asks for, and judges.
    func run(_ sources: Sources) async throws -> Outcome {
        try await sources.outbox.readAll(into: self)

        let partitions = try await sources.topics.partitions(
            of: names.topics, andThoseOf: configuration.aggregateTypes == nil ? configuration.topicTemplate : nil)
        for partition in partitions { _ = names.partition(partition) }
        var records = RecordReader(self, pool: sources.outbox.pool)
        let first = try await ranges(of: partitions, sources.topics)
        var judgement = judgement(readsWholeTopics: first.allSatisfy { $0.start == 0 })
        var read = first
        progress(.began("topics", total: Int(first.reduce(0) { $0 + ($1.end - $1.start) })))
        try await sources.topics.read(&read) { try await records.show($1, of: $0) }
        progress(.ended)

        let judgesStrangers = isOnly && judgement.readsWholeTopics && configuration.aggregateTypes == nil
        judgement.consumer = try await sources.inbox?.readAll(
            into: self, partitions: names.partitions, keepsStrangers: judgesStrangers)
        if sources.inbox != nil || comparison.hasMissing {
            // What the inbox has, and its record came after the topics' ends, is there now.
            var rest = try await tail(behind: first, sources.topics)
            try await sources.topics.read(&rest) { try await records.show($1, of: $0) }
        }
        try await records.settleDoubts()
        judgement.topicHorizons = try await horizons(read, sources.topics)

        judgement.now = try await sources.outbox.resolveOpen(in: self, by: judgement)
        if comparison.hasUnapplied(by: judgement) { try await readDeadLetters(of: partitions, sources.topics) }
        let horizons = judgement.topicHorizons
        return Outcome(
            verdict: comparison.judge(judgement, settledRows: settledRows), partitions: names.partitions,
            cutTopics: Set(names.topics.indices.filter { horizons[$0] != .min }.map { names.topics[$0] }),
            settledRows: settledRows.count,
            judgesStrangers: judgesStrangers && judgement.consumer?.readsNothingElse ?? false)
    }

    private func judgement(readsWholeTopics: Bool) -> Judgement {
        var judgement = Judgement()
        judgement.since = configuration.sinceMilliseconds
        judgement.until = configuration.untilMilliseconds
        judgement.retention = configuration.retention
        judgement.clockSkew = Int64(configuration.clockSkew / .milliseconds(1))
        judgement.grace = Int64(configuration.grace / .milliseconds(1))
        judgement.readsWholeTopics = readsWholeTopics
        judgement.isStrict = configuration.isStrict
        return judgement
    }

    /// What is to be read: from before the span's beginning to the end; if the span has an end, until its last event
    /// must have been published.
    private func ranges(
        of partitions: [KafkaTopicPartition], _ topics: TopicReader
    ) async throws -> [PartitionRange] {
        let margin = VerifyConfiguration.margin
        let watermarks = try await topics.watermarks(of: partitions)
        var starts: [KafkaTopicPartition: Int64]?
        if let since = configuration.sinceMilliseconds {
            starts = try await topics.offsets(of: partitions, at: since - margin)
        }
        var ends: [KafkaTopicPartition: Int64] = [:]
        if let until = configuration.untilMilliseconds {
            ends = try await topics.offsets(of: partitions, at: max(until, lastPublishedAt ?? .min) + margin)
        }
        return partitions.map { partition in
            let marks = watermarks[partition] ?? KafkaWatermarks(low: 0, high: 0)
            // Without a record at or after a time, there is nothing to read from it on.
            let start = starts.map { $0[partition] ?? marks.high } ?? marks.low
            return PartitionRange(partition, from: start, to: min(marks.high, ends[partition] ?? marks.high))
        }
    }

    private func tail(behind ranges: [PartitionRange], _ topics: TopicReader) async throws -> [PartitionRange] {
        let watermarks = try await topics.watermarks(of: ranges.map(\.partition))
        return ranges.map { PartitionRange($0.partition, from: $0.end, to: watermarks[$0.partition]?.high ?? $0.end) }
    }

    /// For each topic: what was written before this time may be gone from it.
    private func horizons(_ ranges: [PartitionRange], _ topics: TopicReader) async throws -> [Int64] {
        let watermarks = try await topics.watermarks(of: ranges.map(\.partition))
        let settings = await topics.settings(of: Set(ranges.map(\.partition.topic)).sorted())
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        var horizons = [Int64](repeating: .min, count: names.topics.count)
        for range in ranges {
            let place = names.topic(range.partition.topic)
            if place == horizons.count { horizons.append(.min) }
            let topic = settings[range.partition.topic] ?? [:]
            if topic["cleanup.policy"]?.contains("compact") ?? false {
                horizons[place] = .max
            } else if let horizon = range.horizon(oldest: watermarks[range.partition]?.low ?? 0) {
                // Where no record is left, only the topic's own setting tells how old the last one must have been.
                let emptied = topic["retention.bytes"] == "-1" ? topic["retention.ms"].flatMap { Int64($0) } : nil
                horizons[place] = max(horizons[place], horizon == .max ? emptied.map { now - $0 } ?? .max : horizon)
            }
        }
        return horizons
    }

    private func readDeadLetters(of partitions: [KafkaTopicPartition], _ topics: TopicReader) async throws {
        let letters = try await topics.deadLetterPartitions(of: Set(partitions.map(\.topic)).sorted())
        let watermarks = try await topics.watermarks(of: letters)
        var ranges = letters.map { partition in
            PartitionRange(partition, from: watermarks[partition]?.low ?? 0, to: watermarks[partition]?.high ?? 0)
        }
        var reader = EventReader(eventTypes: nil)
        try await topics.read(&ranges) { _, records in
            for record in records {
                if case .event(let event) = reader.read(record) { comparison.addSetAside(event.eventID) }
            }
        }
    }
}
