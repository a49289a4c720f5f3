import Foundation
import Servers

/// Where the logs of a run are: `.build/faults/<time>-<seed>`.
struct RunFolder {
    let path: String

    init(seed: UInt64) throws {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        path = "\(Checkout.path)/.build/faults/\(style.format(Date()))-\(seed)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
