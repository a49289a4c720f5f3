/// How a process ended.
public enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
    /// It ended by itself with this code.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)

    /// Whether it ended by itself with code 0.
    public var isSuccess: Bool { self == .exited(0) }

    /// For people: "exit code 1", "signal 9".
    public var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signalled(let signal): "signal \(signal)"
        }
    }

    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
    }
}
