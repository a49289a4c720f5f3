import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The open connections and until when each may do what it does.
///
/// libmicrohttpd only bounds silence; a client that sends or takes a byte now and then would keep its connection for
/// ever. A connection whose time is up is shut down, which libmicrohttpd sees as the client leaving.
final class HTTPConnectionTable: Sendable {
    private struct Entry {
        var fileDescriptor: Int32
        var deadline: ContinuousClock.Instant?
    }

    private let entries = Mutex<[OpaquePointer: Entry]>([:])

    func add(_ connection: MHDConnection, fileDescriptor: Int32, deadline: ContinuousClock.Instant) {
        entries.withLock { $0[connection.pointer] = Entry(fileDescriptor: fileDescriptor, deadline: deadline) }
    }

    func setDeadline(_ deadline: ContinuousClock.Instant?, for connection: MHDConnection) {
        entries.withLock { $0[connection.pointer]?.deadline = deadline }
    }

    /// Called before libmicrohttpd closes the socket, so that no other file can have its number in here.
    func remove(_ connection: MHDConnection) {
        entries.withLock { _ = $0.removeValue(forKey: connection.pointer) }
    }

    /// Whether the client has closed its side and left nothing to read.
    func clientHasLeft(_ connection: MHDConnection) -> Bool {
        entries.withLock { entries in
            guard let entry = entries[connection.pointer] else { return false }
            var byte: UInt8 = 0
            return recv(entry.fileDescriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
        }
    }

    func shutDownExpired(now: ContinuousClock.Instant) {
        entries.withLock { entries in
            for (pointer, entry) in entries {
                guard let deadline = entry.deadline, deadline <= now else { continue }
                shutdown(entry.fileDescriptor, Int32(SHUT_RDWR))
                entries[pointer]?.deadline = nil
            }
        }
    }
}
