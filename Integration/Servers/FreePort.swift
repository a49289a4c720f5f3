#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Synchronization

/// TCP ports on loopback that nobody listens on.
///
/// They are taken below the range that the system hands to outgoing connections: a server that is down for a while
/// must find its port free when it comes back, and a client that retries must not connect to itself. Test processes that
/// run at once are given a part of them each, `FREE_PORTS=15000-19249`, for the same reason. Another process may still
/// take one first, hence ``start(_:)``.
enum FreePort {
    private static let taken = Mutex<Set<UInt16>>([])
    private static let range: ClosedRange<UInt16> = {
        let bounds = environmentValue("FREE_PORTS")?.split(separator: "-").compactMap { UInt16($0) } ?? []
        return bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]...bounds[1] : 15_000...31_999
    }()

    /// A port that was free a moment ago and that this process hasn't handed out before.
    static func next() throws(ServerError) -> UInt16 {
        for _ in 0..<1000 {
            let port = UInt16.random(in: range)
            guard taken.withLock({ $0.insert(port).inserted }) else { continue }
            if isFree(port) { return port }
        }
        throw ServerError(.system, "found no free port on 127.0.0.1 from \(range.lowerBound) to \(range.upperBound)")
    }

    /// Starts a server on a free port; on another one when it finds that taken meanwhile.
    ///
    /// - Parameter start: starts it, and throws a ``ServerError`` with what the server has said when it doesn't start.
    static func start<Server>(_ start: (UInt16) async throws -> Server) async throws -> Server {
        for _ in 1..<5 {
            do {
                return try await start(next())
            } catch let error as ServerError where error.message.lowercased().contains("address already in use") {
                continue
            }
        }
        return try await start(next())
    }

    private static func isFree(_ port: UInt16) -> Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
