import Glibc

/// The proxy's thread: one `poll(2)` over all its connections.
struct ProxyLoop {
    private struct Link {
        var toServer, toClient: ProxyStream
        var client: Int32 { toServer.source }
        var server: Int32 { toClient.source }
        var isOver: Bool { toServer.hasEnded && toServer.isShut && toClient.hasEnded && toClient.isShut }
    }

    let listener, wakeUp: Int32
    let control: TCPProxy.Control
    private var links: [Link] = []

    init(listener: Int32, wakeUp: Int32, control: TCPProxy.Control) {
        self.listener = listener
        self.wakeUp = wakeUp
        self.control = control
    }

    mutating func run() {
        while true {
            let orders = control.take()
            obey(orders)
            if orders.isClosed { break }
            wait(orders.mode)
            move(control.mode, port: orders.port)
        }
        cut()
        close(listener)
        close(wakeUp)
    }

    private mutating func obey(_ orders: TCPProxy.Orders) {
        if orders.cuts { cut() }
        guard let direction = orders.halfCloses else { return }
        for index in links.indices {
            switch direction {
            case .toClient: links[index].toClient.shut()
            case .toServer: links[index].toServer.shut()
            }
        }
    }

    /// Waits until something can be done.
    private func wait(_ mode: ProxyMode) {
        let now = ContinuousClock.now
        var timeout = Duration.seconds(1)
        var entries = [
            pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
        ]
        if mode != .stall {
            for link in links {
                for stream in [link.toServer, link.toClient] {
                    if stream.wantsToRead {
                        entries.append(pollfd(fd: stream.source, events: Int16(POLLIN), revents: 0))
                    }
                    guard let due = stream.due else { continue }
                    if due <= now {
                        entries.append(pollfd(fd: stream.destination, events: Int16(POLLOUT), revents: 0))
                    } else {
                        timeout = min(timeout, due - now)
                    }
                }
            }
        }
        _ = poll(&entries, nfds_t(entries.count), Int32(max(1, timeout / .milliseconds(1))))
        var bytes = [UInt8](repeating: 0, count: 64)
        if entries[0].revents != 0 { _ = read(wakeUp, &bytes, bytes.count) }
    }

    /// Takes new connections, reads and writes; sockets do not block, so what is not ready answers at once.
    private mutating func move(_ mode: ProxyMode, port: UInt16) {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            LoopbackSocket.setUp(client)
            guard mode != .refuse, let server = LoopbackSocket.connect(to: port) else {
                close(client)
                continue
            }
            links.append(
                Link(
                    toServer: ProxyStream(from: client, to: server), toClient: ProxyStream(from: server, to: client)))
        }
        guard mode != .stall else { return }
        let delay: Duration = if case .delay(let delay) = mode { delay } else { .zero }
        let now = ContinuousClock.now
        for index in links.indices.reversed() {
            var works = true
            if links[index].toServer.wantsToRead { works = links[index].toServer.read(delay: delay, now: now) }
            if works, links[index].toClient.wantsToRead { works = links[index].toClient.read(delay: delay, now: now) }
            works = works && links[index].toServer.write(now: now) && links[index].toClient.write(now: now)
            if !works || links[index].isOver {
                let link = links.remove(at: index)
                close(link.client)
                close(link.server)
            }
        }
    }

    private mutating func cut() {
        for link in links {
            close(link.client)
            close(link.server)
        }
        links = []
    }
}
