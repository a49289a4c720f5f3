import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Takes finished lines, each in one piece.
public final class LogOutput: Sendable {
    /// Standard error.
    public static let standardError = LogOutput(fileDescriptor: STDERR_FILENO)

    private let write: @Sendable ([UInt8]) -> Void

    /// Writes each line to a file descriptor with one `write(2)`, so that lines of several processes don't mix.
    ///
    /// A line that can't be written (the reader is gone, or takes nothing for a second) is dropped: a log must not
    /// stop the work.
    public init(fileDescriptor: Int32) {
        // More than PIPE_BUF bytes may be written piecemeal; the lock keeps this process's own lines whole even then.
        let turn = Lock()
        write = { bytes in turn.withLock { Self.write(bytes, to: fileDescriptor) } }
    }

    /// Hands each line, with its line feed, to a closure, from any thread.
    public init(_ write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = write
    }

    func write(line: [UInt8]) { write(line) }

    private static func write(_ bytes: [UInt8], to fileDescriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let window = UnsafeRawBufferPointer(rebasing: rest)
                let written = systemWrite(fileDescriptor, window.baseAddress, window.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written < 0, errno == EINTR {
                    continue
                } else if written < 0, errno == EAGAIN {
                    var ready = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
                    if poll(&ready, 1, 1_000) == 0 { return }
                } else {
                    return
                }
            }
        }
    }

    private final class Lock: Sendable {
        private let mutex = Mutex<Void>(())
        func withLock(_ body: () -> Void) { mutex.withLock { _ in body() } }
    }
}

private func systemWrite(_ fileDescriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(fileDescriptor, bytes, count)
}
