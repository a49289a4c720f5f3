import Glibc

/// A stream of this process: standard output or standard error.
public struct Console: Sendable {
    private let descriptor: Int32

    public static let standardOutput = Console(descriptor: STDOUT_FILENO)
    public static let standardError = Console(descriptor: STDERR_FILENO)

    /// Whether a person looks at it.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes all of the text, unbuffered. A reader that went away is ignored.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
                if count < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    return
                }
                written += count
            }
        }
    }

    public func writeLine(_ text: String = "") { write(text + "\n") }
}
