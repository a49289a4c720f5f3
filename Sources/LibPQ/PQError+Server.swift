import CLibPQ

extension PQError {
    /// Reads the server's error out of a failed result, leaving out whatever may hold values.
    init(result: OpaquePointer) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        let state = field(DiagnosticField.sqlState)
        // Poolers leave the untranslated one out, and translate nothing.
        let severity = field(DiagnosticField.severity) ?? field(DiagnosticField.translatedSeverity)
        let primary = field(DiagnosticField.primaryMessage)
        // Without fields it is libpq that speaks: its first line is the message, the rest advice in general.
        let text =
            primary.map { Self.withoutValues($0, sqlState: state) }
            ?? Self.firstLine(of: String(cString: PQresultErrorMessage(result)))
        self.init(Self.code(sqlState: state, severity: severity), text, sqlState: state)
        self.severity = severity
        hint = field(DiagnosticField.hint)
        constraint = field(DiagnosticField.constraint)
        table = field(DiagnosticField.table)
    }

    private static func code(sqlState: String?, severity: String?) -> Code {
        if severity == "FATAL" || severity == "PANIC" { return .connectionLost }
        guard let sqlState else { return .server }
        return sqlState == "57014" ? .timeout : .server
    }

    /// Blanks quoted input out of data errors (SQLSTATE class 22), such as `invalid input syntax for type uuid: "…"`.
    ///
    /// In the other classes quotes name tables and constraints. Everything from the first to the last quote goes, since
    /// the input itself may hold quotes; the server's translations use other quotes.
    static func withoutValues(_ message: String, sqlState: String?) -> String {
        guard let sqlState, sqlState.hasPrefix("22") else { return message }
        let quotes: Set<Character> = ["\"", "«", "»", "„", "“", "”", "'", "「", "」"]
        guard let first = message.firstIndex(where: quotes.contains),
            let last = message.lastIndex(where: quotes.contains)
        else { return message }
        return message[..<first] + "\"…\"" + message[message.index(after: last)...]
    }

    static func firstLine(of text: String) -> String {
        let line = text.split(separator: "\n", omittingEmptySubsequences: true).first.map(String.init)
        return line ?? "the connection failed without a message"
    }
}

/// The codes of libpq's error fields, which are characters (`PG_DIAG_…`) in C.
enum DiagnosticField {
    static let severity = Int32(UInt8(ascii: "V"))
    static let translatedSeverity = Int32(UInt8(ascii: "S"))
    static let sqlState = Int32(UInt8(ascii: "C"))
    static let primaryMessage = Int32(UInt8(ascii: "M"))
    static let hint = Int32(UInt8(ascii: "H"))
    static let table = Int32(UInt8(ascii: "t"))
    static let constraint = Int32(UInt8(ascii: "n"))
}
