/// Something that the business wants done, in one transaction: it locks its aggregate's row, checks the rules, writes
/// the rows, an audit row and the events, or nothing at all.
///
/// Run it with ``CommandService/execute(_:context:)``.
public protocol Command: Encodable, Sendable {
    associatedtype Outcome: Sendable
    /// The name of what was asked for; events and the audit carry it.
    static var operation: String { get }
    /// Finds what is wrong with the members by themselves; asks no database.
    func validate() throws(CommandError)
    /// Does the work in the unit's transaction.
    ///
    /// - Throws: ``CommandError`` when a rule forbids it; the transaction is then rolled back.
    func run(in unit: CommandUnit) async throws -> Outcome
}

extension Command {
    public static var operation: String { "\(Self.self)" }
}
