import Foundation
import Servers

/// The folder that the evidence of a run is left in.
struct Evidence: Sendable {
    let folder: String
    /// When the run began, in UTC: `20260131T093000Z`.
    let stamp: String

    /// Makes the folder.
    ///
    /// - Parameter folder: one named by the time, in `.build/runbook`, unless given.
    init(folder: String?, start: Date) throws {
        stamp = Self.text(start, Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
        self.folder = folder ?? "\(Checkout.path)/.build/runbook/\(stamp)"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
    }

    /// The time, for evidence.
    static var now: String { text(Date(), .iso8601) }

    private static func text(_ date: Date, _ style: Date.ISO8601FormatStyle) -> String { style.format(date) }

    /// Writes a text; tokens in it are made unreadable.
    func write(_ name: String, _ text: String) throws {
        try write(name, bytes: Array(Self.withoutTokens(text).utf8))
    }

    func write(_ name: String, bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    /// A text with what looks like a JSON web token cut down to its beginning.
    static func withoutTokens(_ text: String) -> String {
        text.replacing(/eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+/, with: "eyJ…")
    }
}
