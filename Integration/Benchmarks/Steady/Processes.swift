import Foundation
import Servers

/// The processes that have a share in an event's way.
struct Processes {
    private let all: [(name: String, id: Int32, withChildren: Bool)]

    /// A broker or a server that others started is not ours to look at.
    init(dispatcher: ChildProcess, consumer: ChildProcess, postgres: PostgresServer, broker: KafkaBroker) throws {
        var all = [
            ("dispatcher", dispatcher.processID, false), ("consumer", consumer.processID, false),
            ("load and measurement", getpid(), false),
        ]
        if let id = postgres.processID { all.append(("PostgreSQL", id, true)) }
        if let id = try? broker.processID() { all.append(("broker", id, false)) }
        self.all = all
    }

    func usage() throws -> [ProcessUsage] {
        try all.map { try ProcessUsage(processID: $0.id, withChildren: $0.withChildren) }
    }

    func measurements(since before: [ProcessUsage], seconds: Double, at load: String) throws -> [Measurement] {
        zip(all, zip(before, try usage())).flatMap { process, usages in
            let used = usages.1.processorSeconds - usages.0.processorSeconds
            return [
                Measurement("\(load): \(process.name), processor", used / seconds * 100, "% of a core"),
                Measurement("\(load): \(process.name), peak memory", usages.1.peakMebibytes, "MiB"),
            ]
        }
    }
}
