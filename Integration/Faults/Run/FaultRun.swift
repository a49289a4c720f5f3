import Foundation
import LibPQ
import OutboxCommandLine
import Servers

/// One run: servers and processes, writers, faults by plan, an end in peace, and a verdict.
struct FaultRun: Sendable {
    let settings: RunSettings
    let plan: FaultPlan
    let folder: String

    /// - Returns: what came of it.
    /// - Throws: what kept the run from being made; nothing is said about the product then.
    func play() async throws -> RunReport {
        let world = try await World.start(settings, folder: folder)
        do {
            let report = try await play(in: world)
            await world.close(keepingLogs: settings.keepsLogs || !report.isGood)
            return report
        } catch {
            // In a task of its own: a run that was cancelled must be cleared away too.
            await Task { await world.close(keepingLogs: true) }.value
            throw error
        }
    }

    private func play(in world: World) async throws -> RunReport {
        let scene = Scene(world: world, truth: Truth(), poisons: Poisons(), complaints: Complaints())
        let began = Date()
        let stopWatching = StopFlag()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for process in world.processes { group.addTask { try await process.supervise() } }
            group.addTask { try await CacheWatch(scene: scene).run(until: stopWatching) }
            let records = try await strike(scene)
            say("All is healed; waiting until everything has arrived")
            try await Drain(scene: scene, patience: .seconds(90)).run()
            stopWatching.set()
            let ended = Date()
            for process in world.processes { process.retire() }
            try await group.waitForAll()
            for end in world.processes.flatMap(\.badEnds) {
                scene.complaints.add("processes that ended badly", "\(end.name): \(end.status)\n\(end.log)")
            }
            return try await judge(scene, records, began: began, ended: ended)
        }
    }

    /// Lets writers write while the plan's faults strike.
    private func strike(_ scene: Scene) async throws -> [FaultRecord] {
        let stop = StopFlag()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<settings.writers { group.addTask { try await write(number, scene, until: stop) } }
            try await eventually(within: .seconds(90), "the first events are in the read model") {
                try await scene.world.query.withConnection {
                    try await $0.query("SELECT FROM ledger_totals LIMIT 1").rowCount > 0
                }
            }
            say("Events flow; \(plan.faults.count) faults are to come")
            let start = ContinuousClock.now
            var records: [FaultRecord] = []
            for moment in plan.moments {
                try await Task.sleep(until: start + .seconds(moment[0].at), clock: .continuous)
                records += try await strike(moment, scene)
            }
            try await Task.sleep(until: start + .seconds(settings.seconds), clock: .continuous)
            stop.set()
            try await group.waitForAll()
            return records
        }
    }

    private func strike(_ moment: [PlannedFault], _ scene: Scene) async throws -> [FaultRecord] {
        try await withThrowingTaskGroup(of: FaultRecord?.self) { group in
            for planned in moment {
                group.addTask {
                    let began = Date()
                    let target: String
                    do {
                        target = try await planned.kind.fault.strike(planned, scene)
                    } catch let obstacle as Obstacle {
                        scene.omissions.add(planned.kind, obstacle)
                        say("\(planned.number)  \(planned.kind.rawValue)  skipped: \(obstacle.reason)")
                        return nil
                    }
                    let record = FaultRecord(
                        number: planned.number, kind: planned.kind, target: target,
                        began: began.timeIntervalSince1970 * 1000, healed: Date().timeIntervalSince1970 * 1000)
                    say(
                        "\(planned.number)  \(planned.kind.rawValue)  \(target)  "
                            + String(format: "%.1f s", (record.healed - record.began) / 1000))
                    return record
                }
            }
            return try await group.reduce(into: []) { records, record in if let record { records.append(record) } }
        }
    }

    private func write(_ number: Int, _ scene: Scene, until stop: StopFlag) async throws {
        let world = scene.world
        // Half of the writers lose their connections with the proxy.
        let port = number % 2 == 0 ? world.outboxServer.port : world.writersProxy.port
        let url = world.outboxURL.replacing(":\(world.outboxServer.port)/", with: ":\(port)/")
        let pool = PQPool(
            PQConfiguration(
                url: DatabaseLogin.writer.url(url), applicationName: "writer-\(number)", connectTimeout: .seconds(3)),
            maximumConnections: 1, acquireTimeout: .seconds(5))
        var writer = Writer(
            number: number, pool: pool, truth: scene.truth, rate: Double(settings.rate) / Double(settings.writers),
            seed: settings.seed)
        do {
            try await writer.run(until: stop)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    private func judge(
        _ scene: Scene, _ records: [FaultRecord], began: Date, ended: Date
    ) async throws -> RunReport {
        say("Comparing what was committed with what arrived")
        let evidence = try await EvidenceReader(scene: scene).read()
        let checker = Checker(evidence)
        let verdict = try await SecondOpinion(scene: scene).ask(besides: checker)
        let truth = scene.truth.now
        let measurement = Measurement(
            checker, faults: records, held: scene.poisons.aggregates, end: ended.timeIntervalSince1970 * 1000)
        return RunReport(
            seed: settings.seed, seconds: ended.timeIntervalSince(began), brokers: settings.brokers,
            dispatchers: settings.dispatchers, consumers: settings.consumers, writers: settings.writers,
            leaseSeconds: settings.lease, events: evidence.committed.count, transactions: truth.transactions,
            rolledBack: evidence.rolledBack.count, uncertain: truth.uncertain.count, records: evidence.records.count,
            duplicates: checker.duplicates.count,
            restarts: Dictionary(uniqueKeysWithValues: scene.world.processes.map { ($0.name, $0.starts) }),
            faults: measurement.figures, strikes: measurement.strikes,
            skipped: settings.skipped.merging(scene.omissions.reasons) { $1 }, verify: verdict,
            violations: scene.complaints.violations + checker.violations)
    }

    private func say(_ text: String) { Console.standardError.writeLine(text) }
}
