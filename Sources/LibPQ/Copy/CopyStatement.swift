import CLibPQ

/// The COPY statements that are run.
struct CopyStatement {
    let sql: String
    let direction: ExecStatusType

    /// Into a table. A dot in its name parts schema and table.
    static func into(_ table: String, columns: [String]) -> CopyStatement {
        CopyStatement(sql: "COPY \(target(table, columns)) FROM STDIN (FORMAT binary)", direction: PGRES_COPY_IN)
    }

    /// Out of a table.
    static func from(_ table: String, columns: [String]) -> CopyStatement {
        CopyStatement(sql: "COPY \(target(table, columns)) TO STDOUT (FORMAT binary)", direction: PGRES_COPY_OUT)
    }

    /// Out of a query.
    static func from(query: String) -> CopyStatement {
        CopyStatement(sql: "COPY (\(query)) TO STDOUT (FORMAT binary)", direction: PGRES_COPY_OUT)
    }

    private static func target(_ table: String, _ columns: [String]) -> String {
        let parts = table.split(separator: ".", omittingEmptySubsequences: false)
        let name = parts.map { PQStatement.quoted(identifier: String($0)) }.joined(separator: ".")
        let list = columns.map { PQStatement.quoted(identifier: $0) }.joined(separator: ", ")
        return list.isEmpty ? name : "\(name) (\(list))"
    }
}
