import FoundationEssentials
import Servers

/// The programs under test.
struct Programs: Sendable {
    let outbox: String
    /// This program, or the one beside the others, for its consumer.
    let consumer: String

    /// - Parameter folder: where they are; beside this program unless given.
    /// - Throws: `ServerError` when one isn't there.
    init(folder: String?) throws(ServerError) {
        if let folder {
            outbox = "\(folder)/\(BuiltTool.outbox.rawValue)"
            consumer = "\(folder)/\(BuiltTool.faults.rawValue)"
            for program in [outbox, consumer] where !FileManager.default.isExecutableFile(atPath: program) {
                throw ServerError(.notInstalled, "there is no program \(program)")
            }
        } else {
            outbox = try BuiltTool.outbox.path
            consumer = try BuiltTool.faults.path
        }
    }
}
