/// One numbered step of a schema, with the way back.
public struct PQMigration: Sendable, Hashable {
    /// Grows from step to step, from 1.
    public let version: Int
    /// What it is for, in a few words.
    public let name: String
    /// The SQL that makes the step, and the SQL that undoes it.
    public let up, down: String

    /// - Parameters:
    ///   - version: grows from step to step, from 1.
    ///   - name: what the step is for, in a few words.
    ///   - up: SQL. When it begins with the line `-- outbox: no transaction` it runs outside a transaction, as
    ///     `CREATE INDEX CONCURRENTLY` must, and has to be safe to repeat.
    ///   - down: SQL, run in a transaction.
    public init(version: Int, name: String, up: String, down: String) {
        self.version = version
        self.name = name
        self.up = up
        self.down = down
    }

    var runsInTransaction: Bool { !up.hasPrefix("-- outbox: no transaction") }
}
