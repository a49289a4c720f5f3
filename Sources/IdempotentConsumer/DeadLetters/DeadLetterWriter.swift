/// Writes dead letters to where nothing is lost.
protocol DeadLetterWriter: Sendable {
    /// Writes records; returns when all are safe.
    /// - Throws: ``ConsumerError/Code/deadLetter`` when one may not be; then all are written again later.
    func write(_ records: [DeadLetterRecord]) async throws
}
