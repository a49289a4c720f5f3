/// An event that a projection could not apply.
struct EventFailure: Sendable {
    var event: ReceivedEvent
    /// The reason, short and fit for a database's text column.
    var reason: String

    init(event: ReceivedEvent, error: any Error) {
        self.event = event
        reason = Self.reason(of: error)
    }

    /// Describes an error within 2,000 bytes, without the NUL that PostgreSQL's text can't hold.
    static func reason(of error: any Error) -> String {
        let text = String(describing: error).unicodeScalars.filter { $0 != "\0" }
        return String(String(String.UnicodeScalarView(text)).prefix(2_000))
    }
}
