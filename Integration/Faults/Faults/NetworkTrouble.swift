/// The proxy before a database or a broker misbehaves; before one of them, for one process or for all.
struct NetworkTrouble: Fault {
    let kind: FaultKind

    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let world = scene.world
        var places = world.processes.map { ("database of \($0.name)", [$0.database]) }
        places += world.brokerProxies.enumerated().map { ("broker-\($0 + 1)", [$1]) }
        places.append(("all brokers", world.brokerProxies))
        places.append(("database of all dispatchers", world.dispatchers.map(\.database)))
        places.append(("database of all consumers", world.consumers.map(\.database)))
        places.append(("database of writers", [world.writersProxy]))
        let (name, proxies) = planned.choice(of: places)
        defer { for proxy in proxies { proxy.behave(.pass) } }
        for proxy in proxies { misbehave(proxy, planned) }
        try await planned.last()
        return name
    }

    private func misbehave(_ proxy: TCPProxy, _ planned: PlannedFault) {
        switch kind {
        case .networkDelay: proxy.behave(.delay(.milliseconds(50 + planned.variant % 950)))
        case .networkStall: proxy.behave(.stall)
        case .networkHalfClose: proxy.halfClose(planned.variant % 2 == 0 ? .toClient : .toServer)
        default:
            proxy.behave(.refuse)
            proxy.cut()
        }
    }
}
