import Foundation

/// What the threads of a process have used, exactly: a process's own times are counted in hundredths of a second, and
/// an idle one is not often running when they are.
struct ThreadUsage {
    var processorSeconds = 0.0
    /// How often a thread that had been waiting went on.
    var wakeUps = 0.0

    init(processID: Int32) throws {
        let folder = "/proc/\(processID)/task"
        for thread in try FileManager.default.contentsOfDirectory(atPath: folder) {
            // One may end between the list and the look.
            guard let times = try? String(contentsOfFile: "\(folder)/\(thread)/schedstat", encoding: .utf8),
                let status = try? String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8)
            else { continue }
            processorSeconds += (times.split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1_000_000_000
            let switches = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
            wakeUps += switches?.split(separator: "\t").last.flatMap { Double($0) } ?? 0
        }
    }
}
