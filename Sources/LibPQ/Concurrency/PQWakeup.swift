#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A pipe to wake a thread that waits in `poll`.
final class PQWakeup: Sendable {
    /// The end to poll for reading.
    let descriptor: Int32
    private let writer: Int32

    /// - Throws: ``PQError/Code/connectionFailed`` if the process is out of file descriptors.
    init() throws(PQError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw PQError(.connectionFailed, "no pipe for the connection's thread: " + String(cString: strerror(errno)))
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (descriptor, writer) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    /// Wakes the thread, or keeps it from falling asleep next time. A full pipe does so already.
    func signal() {
        var byte: UInt8 = 1
        _ = write(writer, &byte, 1)
    }

    /// Forgets all signals so far.
    func drain() {
        var bytes: (UInt64, UInt64) = (0, 0)
        while read(descriptor, &bytes, 16) == 16 {}
    }
}
