@preconcurrency import Foundation
import Servers

/// Shows the whole way on servers of its own: business transaction, outbox, dispatcher, Kafka, consumer, query cache.
@main
enum Demo {
    static func main() async {
        // A reader that went away is no reason to leave servers behind.
        signal(SIGPIPE, SIG_IGN)
        // Lines appear as they are written, also in a pipe.
        setvbuf(stdout, nil, _IOLBF, 0)
        let staysUp = (ProcessInfo.processInfo.environment["ONCE"] ?? "").isEmpty
        let interrupt = Interrupt()
        let checklist = Checklist()
        let demo = Task {
            let system = try await DemoSystem.start(checklist)
            do {
                try await Scenario(system: system, checklist: checklist).play()
                try await Redelivery(system: system, checklist: checklist).play()
                try await LatencyMeasurement(system: system, checklist: checklist).play()
                let isRight = checklist.printSummary()
                if staysUp, isRight { await system.stayUp(until: interrupt) }
            } catch {
                await stop(system)
                throw error
            }
            await stop(system)
        }
        await interrupt.whileWaiting(for: demo)
        do {
            try await demo.value
        } catch is CancellationError {
            print("\nStopped.")
            exit(130)
        } catch {
            checklist.fail("the demo itself: \(error)")
        }
        exit(checklist.isRight ? 0 : 1)
    }

    /// In a task of its own: after Ctrl-C the demo's task is cancelled, and the processes are to drain all the same.
    private static func stop(_ system: DemoSystem) async {
        await Task { await system.stop() }.value
    }
}
