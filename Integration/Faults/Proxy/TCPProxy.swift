import Foundation
import Servers
import Synchronization

/// A TCP proxy on loopback that can be told to misbehave.
final class TCPProxy: Sendable {
    /// What its thread is to do next.
    struct Orders: Sendable {
        var mode = ProxyMode.pass
        var port: UInt16 = 0
        /// Ends all connections, once.
        var cuts = false
        /// Ends one direction of all connections, once.
        var halfCloses: ProxyDirection?
        var isClosed = false
    }

    /// The orders, given by anybody and taken by the thread.
    final class Control: Sendable {
        private let orders = Mutex(Orders())

        var mode: ProxyMode { orders.withLock { $0.mode } }

        func change(_ change: (inout Orders) -> Void) { orders.withLock { change(&$0) } }

        /// The orders; those for once are not given again.
        func take() -> Orders {
            orders.withLock { orders in
                let taken = orders
                orders.cuts = false
                orders.halfCloses = nil
                return taken
            }
        }
    }

    /// Where it listens, on 127.0.0.1.
    let port: UInt16
    private let control = Control()
    private let wakeUp: Int32

    /// Listens at once; takes connections when it is told where to.
    init() throws {
        let (listener, port) = try LoopbackSocket.listen()
        self.port = port
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ServerError(.system, "can't make a pipe") }
        for end in ends { LoopbackSocket.setUp(end) }
        wakeUp = ends[1]
        let (control, read) = (control, ends[0])
        let thread = Thread {
            var loop = ProxyLoop(listener: listener, wakeUp: read, control: control)
            loop.run()
        }
        thread.name = "proxy \(port)"
        thread.start()
    }

    deinit {
        order { $0.isClosed = true }
        Glibc.close(wakeUp)
    }

    /// Connects to this port of 127.0.0.1 from now on.
    func forward(to port: UInt16) { order { $0.port = port } }

    /// Behaves like this from now on.
    func behave(_ mode: ProxyMode) { order { $0.mode = mode } }

    /// Ends all connections that there are.
    func cut() { order { $0.cuts = true } }

    /// Ends one direction of all connections that there are.
    func halfClose(_ direction: ProxyDirection) { order { $0.halfCloses = direction } }

    private func order(_ change: (inout Orders) -> Void) {
        control.change(change)
        var byte: UInt8 = 1
        _ = write(wakeUp, &byte, 1)
    }
}
