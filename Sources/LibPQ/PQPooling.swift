/// Whose the server's session is that a connection works in: its own, or one that a pooler lends it for a transaction
/// and lends to others afterwards.
///
/// In a lent session nothing may be left behind, and nothing is there that was. So statements are sent unprepared, the
/// configuration's settings go along with each transaction and each statement outside of one, and what needs a session,
/// such as LISTEN, is refused (``PQError/Code/sharedSession``).
public enum PQPooling: String, Sendable, Hashable, CaseIterable {
    /// Found out at each connect: behind a pooler another server process answers than the one that the connection was
    /// told of. Every pooler is then taken to be in transaction mode.
    case automatic = "auto"
    /// The connection's own: there is no pooler, or one in session mode.
    case session
    /// Lent for one transaction at a time.
    case transaction
}
