import FoundationEssentials
import Glibc
import Testing

@testable import OutboxCommandLine

@Suite("Service manager")
struct ServiceManagerTests {
    /// The manager's end: a socket without a file.
    private final class Listener {
        let name = "@outbox-test-\(UUID().uuidString)"
        private let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)

        init() throws {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { bytes in
                bytes.copyBytes(from: Array(name.utf8))
                bytes[0] = 0
            }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + name.utf8.count)
            let status = withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(status == 0)
            // A message that never comes is a failure, not a hang.
            var limit = timeval(tv_sec: 30, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        func next() -> String {
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test("is told that the process is ready, that it works, and that it stops")
    func told() async throws {
        let listener = try Listener()
        let manager = ServiceManager(
            environment: ["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "30000", "WATCHDOG_PID": "\(getpid())"])
        let messages = await manager.whileRunning(isAlive: { true }) {
            (1...3).map { _ in listener.next() }
        }
        #expect(messages == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"])
        let other = try Listener()
        ServiceManager(environment: ["NOTIFY_SOCKET": other.name]).tellStopping()
        #expect(other.next() == "STOPPING=1")
    }

    @Test("hears nothing of a process that hangs, nor when the watchdog is another's")
    func silent() async throws {
        for changes in [[:], ["WATCHDOG_PID": "1"]] {
            let listener = try Listener()
            let environment = ["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "3000"].merging(changes) { $1 }
            let manager = ServiceManager(environment: environment)
            await manager.whileRunning(isAlive: { !changes.isEmpty }) {
                #expect(listener.next() == "READY=1")
                try? await Task.sleep(for: .milliseconds(30))
                manager.tellStopping()
                #expect(listener.next() == "STOPPING=1")
            }
        }
    }

    @Test("may be missing")
    func missing() async {
        #expect(await ServiceManager(environment: [:]).whileRunning(isAlive: { true }) { 7 } == 7)
        ServiceManager(environment: ["NOTIFY_SOCKET": "/nowhere/socket"]).tellStopping()
    }
}
