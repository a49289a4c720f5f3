public import FoundationEssentials
import Glibc

/// The service manager that started this process, such as systemd: it is told when the process is ready, that it still
/// works, and when it begins to stop.
///
/// In the protocol of sd_notify(3), datagrams to a socket that the environment names. Where it names none, nothing is
/// sent.
public struct ServiceManager: Sendable {
    private let socketPath: String?
    private let watchdog: Duration?

    /// - Parameter environment: variables by name: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        watchdog = environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap { microseconds in
            isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
        }
    }

    /// Says that the process is ready, runs `body`, and while it runs says that the process works, in time for the
    /// manager's watchdog if there is one.
    ///
    /// - Parameter isAlive: asked each time; while it says no, the watchdog is not told.
    public func whileRunning<Result: Sendable>(
        isAlive: @escaping @Sendable () -> Bool, _ body: () async throws -> Result
    ) async rethrows -> Result {
        tell("READY=1")
        let heart = watchdog.map { limit in
            Task {
                while !Task.isCancelled {
                    if isAlive() { tell("WATCHDOG=1") }
                    try? await Task.sleep(for: limit / 3)
                }
            }
        }
        defer { heart?.cancel() }
        return try await body()
    }

    /// Says that the process begins to stop.
    public func tellStopping() { tell("STOPPING=1") }

    /// A manager that does not listen is no reason to fail.
    private func tell(_ state: String) {
        guard let socketPath else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(socketPath.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path)
            // Linux's sockets without a file; in a variable they begin with an @.
            if path.first == UInt8(ascii: "@") { bytes[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let message = Array(state.utf8)
                _ = sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }
}
