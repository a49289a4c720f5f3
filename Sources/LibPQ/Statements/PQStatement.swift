/// SQL text with bound values.
///
/// Interpolated values become parameters and never part of the text:
///
/// ```swift
/// let result = try await connection.query("SELECT title FROM positions WHERE code = \(code) AND status = \(status)")
/// ```
///
/// The SQL text alone identifies a prepared statement, so it should not vary: bind arrays (`= ANY(\(codes))`,
/// `unnest(\(codes))`) rather than building lists.
public struct PQStatement: Sendable {
    /// The text, with `$1`, `$2`, … where the parameters go.
    public var sql: String
    /// The bound values, in order.
    public var parameters: [PQParameter]

    /// Creates a statement from trusted SQL text with `$1`, `$2`, … in it.
    /// - Parameters:
    ///   - sql: the text; must not contain anything from outside.
    ///   - parameters: the values of `$1`, `$2`, …
    public init(unsafe sql: String, _ parameters: [any PQEncodable] = []) {
        self.sql = sql
        self.parameters = parameters.map { PQParameter($0) }
    }

    /// Quotes a name for use in SQL text. Dots are part of the name.
    /// - Parameter name: the name of a table, column, …
    /// - Returns: the name in double quotes.
    public static func quoted(identifier name: String) -> String {
        var quoted = "\""
        for character in name.unicodeScalars {
            if character == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}

extension PQStatement: ExpressibleByStringInterpolation {
    /// Creates a statement without values.
    public init(stringLiteral sql: String) {
        self.sql = sql
        parameters = []
    }

    /// Creates a statement whose interpolated values are bound.
    public init(stringInterpolation interpolation: StringInterpolation) {
        sql = interpolation.sql
        parameters = interpolation.parameters
    }

    /// Collects text and values of an interpolated statement.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var sql = ""
        var parameters: [PQParameter] = []

        /// Begins a statement.
        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + interpolationCount * 3)
            parameters.reserveCapacity(interpolationCount)
        }

        /// Adds SQL text.
        public mutating func appendLiteral(_ literal: String) { sql += literal }

        /// Binds a value.
        public mutating func appendInterpolation<Value: PQEncodable>(_ value: Value) {
            appendInterpolation(PQParameter(value))
        }

        /// Binds a value that may be NULL.
        public mutating func appendInterpolation<Value: PQEncodable>(_ value: Value?) {
            appendInterpolation(PQParameter(value))
        }

        /// Binds an encoded value.
        public mutating func appendInterpolation(_ parameter: PQParameter) {
            parameters.append(parameter)
            sql += "$\(parameters.count)"
        }

        /// Splices trusted SQL text in.
        public mutating func appendInterpolation(unsafe text: String) { sql += text }

        /// Splices a name in, quoted.
        public mutating func appendInterpolation(identifier name: String) {
            sql += PQStatement.quoted(identifier: name)
        }
    }
}
