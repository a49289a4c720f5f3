import FoundationEssentials
import LibPQ
import Outbox
import OutboxDispatcher
import OutboxDoctor
import OutboxTelemetry

/// When the outbox's database is asked for what, and what it said last.
struct OutboxLook {
    /// A database that fails is asked again after so long.
    static let rest: Duration = .seconds(3)

    var heldPace = Pace(.seconds(1))
    var waitingPace = Pace(.seconds(2))
    var slowPace = Pace(.seconds(5))
    var schemaPace = Pace(.seconds(60))
    var restUntil: ContinuousClock.Instant?
    /// The dispatcher's count of failures when it was asked for held aggregates.
    var knownFailures = 0.0
    var entries: [Holds.Entry] = []
    var waiting: [Int64: Int64]?
    var counted: Set<Int64> = []

    mutating func hurry() {
        heldPace.hurry()
        waitingPace.hurry()
        slowPace.hurry()
    }
}

extension ConsolePoller {
    func lookAtOutbox() async {
        let failures = dispatcher.figures.failures
        if failures != outbox.knownFailures { outbox.heldPace.hurry() }
        guard outbox.restUntil.map({ $0 <= .now }) ?? true else { return }
        do {
            try await askOutbox()
            troubles.database = nil
            outbox.restUntil = nil
            outbox.knownFailures = failures
        } catch {
            troubles.database = error as? PQError
            outbox.restUntil = .now + OutboxLook.rest
            logger.debug("the console can't read the database", metadata: ["error": "\(error)"])
        }
    }

    private func askOutbox() async throws {
        let start = ContinuousClock.now
        if outbox.heldPace.isDue(start) {
            outbox.entries = try await sources.outbox.held()
            outbox.heldPace.done(since: start, now: .now)
            try await countWaiting()
            let section = HeldSection(outbox.entries, waiting: outbox.waiting, counted: outbox.counted)
            troubles.held = section.rows
            await post(.held, section)
        }
        let slowStart = ContinuousClock.now
        if outbox.slowPace.isDue(slowStart) {
            let facts = try await sources.outbox.lanes()
            troubles.shares = facts.troubles
            await post(.lanes, LanesSection(facts.shares, now: Date()))
            await post(.audit, try await audit())
            outbox.slowPace.done(since: slowStart, now: .now)
        }
        let schemaStart = ContinuousClock.now
        if outbox.schemaPace.isDue(schemaStart) {
            troubles.schemaVersion = try? await sources.outbox.schemaVersion()
            outbox.schemaPace.done(since: schemaStart, now: .now)
        }
    }

    /// Counting may take too long when much waits; then the counts are left out.
    private func countWaiting() async throws {
        let sequences = Set(outbox.entries.map(\.sequence))
        let start = ContinuousClock.now
        guard outbox.waitingPace.isDue(start) else { return }
        do {
            outbox.waiting = try await sources.outbox.waiting(behind: Array(sequences))
            outbox.counted = sequences
        } catch let error as PQError where error.code == .timeout {
            outbox.counted = []
        }
        outbox.waitingPace.done(since: start, now: .now)
    }

    private func audit() async throws -> AuditSection {
        do {
            return AuditSection(try await sources.outbox.audit() + beyond.audit)
        } catch let error as PQError where error.sqlState == "42501" {
            return AuditSection(unseen: "The dispatcher's role may not read outbox_audit.")
        }
    }
}
