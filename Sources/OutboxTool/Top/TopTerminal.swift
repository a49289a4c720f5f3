import Dispatch
import Glibc
import OutboxCommandLine
import Synchronization

/// The terminal while `outbox top` has it: a screen of its own, without cursor and echo. It is given back however the
/// process ends, short of SIGKILL.
final class TopTerminal: Sendable {
    /// What the terminal was like; for `exit`, too, which a second Ctrl-C calls.
    private static let saved = Mutex<termios?>(nil)
    private let keys: KeySource?

    /// A source may be used from any thread; it is only kept here to live and to be cancelled.
    private struct KeySource: @unchecked Sendable {
        let source: any DispatchSourceRead
    }

    /// - Parameter quit: is called when `q` is typed.
    init(quit: @escaping @Sendable () -> Void) {
        keys = Self.takeKeys(quit)
        atexit { TopTerminal.restore() }
        Console.standardOutput.write("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// Gives the terminal back.
    func close() {
        keys?.source.cancel()
        Self.restore()
    }

    /// In place of what is there.
    func show(_ lines: [String]) {
        Console.standardOutput.write("\u{1B}[H" + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J")
    }

    /// What fits, for a terminal that does not tell 80 by 24.
    var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static func takeKeys(_ quit: @escaping @Sendable () -> Void) -> KeySource? {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else {
            saved.withLock { $0 = termios() }
            return nil
        }
        let before = settings
        saved.withLock { $0 = before }
        // Ctrl-C stays a signal; the process can't be suspended, since that would leave the terminal like this.
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        withUnsafeMutableBytes(of: &settings.c_cc) { $0[Int(VSUSP)] = 0 }
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
        source.setEventHandler {
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
            if count <= 0 { source.cancel() }
            if bytes.prefix(max(0, count)).contains(where: { $0 == UInt8(ascii: "q") || $0 == UInt8(ascii: "Q") }) {
                quit()
            }
        }
        source.resume()
        return KeySource(source: source)
    }

    private static func restore() {
        let before = saved.withLock { saved in
            defer { saved = nil }
            return saved
        }
        guard var before else { return }
        Console.standardOutput.write("\u{1B}[?25h\u{1B}[?1049l")
        if isatty(STDIN_FILENO) == 1, before.c_cflag != 0 { tcsetattr(STDIN_FILENO, TCSANOW, &before) }
    }
}
