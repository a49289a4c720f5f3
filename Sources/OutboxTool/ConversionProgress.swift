import Outbox
import OutboxCommandLine

/// Shows what a conversion of the outbox's table is at.
struct ConversionProgress: Sendable {
    private let isQuiet: Bool
    private let bar: ProgressBar

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        bar = ProgressBar("rows moved", isQuiet: isQuiet)
    }

    func show(_ progress: OutboxPartitions.Progress) {
        switch progress {
        case .reading(let rows):
            let size = rows.map { ", of about \(Readable.count($0, "row"))" } ?? ""
            write("PostgreSQL reads the table\(size); events come and go meanwhile")
        case .swapping: write("taking the table's lock")
        case .moved(let rows, let total): bar.show(done: rows, of: total.map { Int($0) })
        }
    }

    func finish() { bar.finish() }

    private func write(_ line: String) {
        if !isQuiet { Console.standardError.writeLine(line) }
    }
}
