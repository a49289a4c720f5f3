/// Arguments or settings that can't be used; all that is wrong with them at once.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    /// Each names the argument or setting, its value, and what is allowed.
    public let problems: [String]

    public init(_ problems: [String]) { self.problems = problems }
    public init(_ problem: String) { self.init([problem]) }

    public var description: String { problems.joined(separator: "\n") }
}
