import Foundation
import Servers

/// What a process has used, from /proc.
struct ProcessUsage {
    let processorSeconds: Double
    /// The most that was resident, of the largest of them.
    let peakMebibytes: Double

    /// - Parameter withChildren: counts those that it has started, too, whether they still run or not: PostgreSQL is
    ///   one process and its children.
    init(processID: Int32, withChildren: Bool = false) throws {
        var (ticks, kibibytes) = try Self.read(processID, withEnded: withChildren)
        if withChildren {
            for child in try Self.children(of: processID) {
                // One may end between the list and the look.
                guard let (moreTicks, moreKibibytes) = try? Self.read(child, withEnded: true) else { continue }
                ticks += moreTicks
                kibibytes = max(kibibytes, moreKibibytes)
            }
        }
        processorSeconds = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        peakMebibytes = kibibytes / 1024
    }

    private static func read(_ processID: Int32, withEnded: Bool) throws -> (ticks: Double, kibibytes: Double) {
        let stat = try String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
        // The name in brackets may hold spaces; behind it, times are the 12th and 13th field, and those of children
        // that have ended the two after them.
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        let times = fields.dropFirst(11).prefix(withEnded ? 4 : 2)
        let status = try String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = peak?.split(separator: " ").compactMap { Double($0) }.first ?? 0
        return (times.reduce(0) { $0 + (Double($1) ?? 0) }, kibibytes)
    }

    private static func children(of processID: Int32) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(processID)/task").flatMap { thread in
            let list = try? String(contentsOfFile: "/proc/\(processID)/task/\(thread)/children", encoding: .utf8)
            return list?.split(separator: " ").compactMap { Int32($0) } ?? []
        }
    }
}

/// Processor seconds of the servers, to take differences of.
struct ServerUsage {
    let postgres: Double
    let broker: Double

    static func now() async throws -> ServerUsage {
        let postgres = try await PostgresServer.shared().processID
        let broker = try await KafkaBroker.shared()
        // A broker that others started is not ours to look at.
        let node = try? broker.processID()
        return ServerUsage(
            postgres: try postgres.map { try ProcessUsage(processID: $0, withChildren: true).processorSeconds } ?? .nan,
            broker: try node.map { try ProcessUsage(processID: $0).processorSeconds } ?? .nan)
    }
}
