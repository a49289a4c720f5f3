/// How far a verification has come.
package enum VerifyProgress: Sendable, Hashable {
    /// Something new is read: the outbox, the topics, or the inbox.
    case began(String, total: Int?)
    /// So much more of it.
    case advanced(by: Int)
    case ended
}
