import FoundationEssentials
import LibPQ
import OutboxDispatcher
import OutboxDoctor
import OutboxTelemetry

/// When the brokers and the read model are asked, and what they said last.
struct BeyondLook {
    var databasePace = Pace(.seconds(10))
    var brokerPace = Pace(.seconds(10))
    var consumerPace = Pace(.seconds(5))
    var readModelPace = Pace(.seconds(5))
    var consumers = ConsumerWatch()
    var delays = DelayRing()
    var applied = AppliedWatch()
    var audit: [AuditSection.Row] = []
}

extension ConsolePoller {
    /// Brokers and the read model may be slow to answer; nothing else waits for them.
    func lookBeyond() {
        guard lookingBeyond == nil else { return }
        lookingBeyond = Task {
            await lookAtServers()
            await lookAtConsumers()
            await lookAtReadModel()
            lookingBeyond = nil
        }
    }

    /// Servers that give no progress are looked at as the check-up does, which finds more than the client's words say.
    private func lookAtServers() async {
        let start = ContinuousClock.now
        if (dispatcher.troubles.database ?? troubles.database) == nil {
            troubles.checked.database = []
            beyond.databasePace.hurry()
        } else if beyond.databasePace.isDue(start) {
            troubles.checked.database = await sources.doctor.whyNoDatabase().map(\.redacted)
            beyond.databasePace.done(since: start, now: start)
        }
        if dispatcher.troubles.broker == nil {
            troubles.checked.broker = []
            beyond.brokerPace.hurry()
        } else if beyond.brokerPace.isDue(start) {
            troubles.checked.broker = ((try? await sources.doctor.whyNoBroker()) ?? []).map(\.redacted)
            beyond.brokerPace.done(since: start, now: start)
        }
    }

    private func lookAtConsumers() async {
        guard let source = sources.consumers else { return }
        let start = ContinuousClock.now
        guard beyond.consumerPace.isDue(start), dispatcher.troubles.broker == nil else { return }
        do {
            beyond.consumers.add(try await source.read(), at: start)
            troubles.consumers = beyond.consumers.findings(now: start)
            await post(.consumers, beyond.consumers.section)
        } catch {
            logger.debug("the console can't see the consumers", metadata: ["error": "\(error)"])
            await post(.consumers, ConsumersSection(unseen: "Not seen at present: the brokers did not answer."))
        }
        beyond.consumerPace.done(since: start, now: start)
    }

    private func lookAtReadModel() async {
        let start = ContinuousClock.now
        guard beyond.readModelPace.isDue(start) else { return }
        var section = ReadModelSection()
        await readAppliedEvents(into: &section)
        if let readModel = sources.readModel {
            do {
                try await readModel.read(into: &section, outbox: sources.outbox)
                beyond.audit = (try? await readModel.audit()) ?? []
            } catch {
                logger.debug("the console can't read the read model", metadata: ["error": "\(error)"])
                let reason = (error as? PQError).map { LogRedaction.redacted($0.message) } ?? "no answer"
                section.unseen = "Not seen at present: \(reason)."
            }
        } else {
            section.unseen = "Not seen from here: QUERY_DATABASE_URL is not set."
            if !section.isCache {
                section.unseenDelay = "not seen from here: OUTBOX_CONSUMER_METRICS is not set"
            }
        }
        if let latest = section.delays.last { beyond.delays.add(latest) }
        section.delays = beyond.delays.delays
        troubles.deadLetters = section.deadLetters
        await post(.readModel, section)
        beyond.readModelPace.done(since: start, now: .now)
    }

    /// From the consumers' own metrics, which alone know when the cache was refreshed.
    private func readAppliedEvents(into section: inout ReadModelSection) async {
        guard !configuration.consumerMetrics.isEmpty else { return }
        section.isCache = true
        let (metrics, failure) = await ConsumerMetrics.read(from: configuration.consumerMetrics)
        if let failure { section.unseenDelay = "not seen at present: \(failure)" }
        guard let metrics else { return }
        beyond.applied.add(metrics, at: .now)
        section.rate = beyond.applied.rate
        if let delay = beyond.applied.delay(at: Date()) { section.delays = [delay] }
    }
}

extension Finding {
    /// What clients and servers say may hold a URL's password.
    fileprivate var redacted: Finding {
        Finding(
            id, group, severity, LogRedaction.redacted(seen), why: why, advice: advice, commands: commands,
            seeAlso: seeAlso)
    }
}
