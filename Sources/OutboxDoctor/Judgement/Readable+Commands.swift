import OutboxCommandLine

extension Readable {
    /// Quotes a text for a shell.
    static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }

    /// A statement for whoever owns the table, through psql.
    static func sql(_ statement: String) -> String { "psql \"$DATABASE_URL\" -c \(quoted(statement))" }
}
