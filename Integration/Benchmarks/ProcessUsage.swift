import Foundation

/// What a process has used, from /proc.
struct ProcessUsage {
    let processorSeconds: Double
    let peakMebibytes: Double

    init(processID: Int32) throws {
        let stat = try String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
        // The name in brackets may hold spaces; times are the 14th and 15th field.
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = fields.count > 12 ? (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0) : 0
        processorSeconds = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        let status = try String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = peak?.split(separator: " ").compactMap { Double($0) }.first ?? 0
        peakMebibytes = kibibytes / 1024
    }
}
