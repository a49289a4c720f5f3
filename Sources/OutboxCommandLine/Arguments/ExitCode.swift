/// How a tool ends, as its exit status.
public struct ExitCode: Sendable, Hashable, RawRepresentable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// 0: all went well.
    public static let success = ExitCode(rawValue: 0)
    /// 1: it was tried and failed, or what was checked is not right.
    public static let failure = ExitCode(rawValue: 1)
    /// 2: wrong arguments or settings; nothing was done.
    public static let usage = ExitCode(rawValue: 2)
    /// 3: a server that is needed can't be reached.
    public static let unavailable = ExitCode(rawValue: 3)

    /// What `--help` and the manual say of exit statuses.
    static let meanings = [
        ("0", "all went well"),
        ("1", "it was tried and failed, or what was checked is not right"),
        ("2", "wrong arguments or settings; nothing was done"),
        ("3", "a server that is needed can't be reached"),
        ("128+n", "ended by signal n, told twice"),
    ]
}
