/// How much of concurrent transactions a transaction sees.
public enum PQIsolation: String, Sendable, Hashable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first of them.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after the other; one that can't is refused and can be tried again.
    case serializable = "SERIALIZABLE"
}
