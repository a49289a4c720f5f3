import OutboxCommandLine

extension BrokerFacts {
    private static let why = "Events wait in the outbox until the brokers answer; no retry is counted for that."
    private var names: String { bootstrap.map { "\($0.address)" }.joined(separator: ", ") }

    /// - Parameter isSettling: events were settled just now, so that dispatchers do reach the brokers.
    func findings(brokers: Int, isSettling: Bool) -> [Finding] {
        guard isReachable else { return [refusal(isSettling: isSettling)] }
        var findings = [
            Finding(
                .broker, .broker, .ok,
                "Kafka answers at \(names): \(Readable.count(brokers, "broker")), \(protocolName)")
        ]
        let gone = bootstrap.filter { $0.answer != .open }
        if !gone.isEmpty {
            findings.append(
                Finding(
                    .brokerDown, .broker, .warning,
                    "of the brokers named, some do not answer: \(gone.map { "\($0.address)" }.joined(separator: ", "))",
                    why: "With the others gone as well, no client finds the cluster.",
                    advice: "start them, or take them out of KAFKA_BOOTSTRAP_SERVERS"))
        }
        let lost = advertised.filter { $0.answer != .open }
        if !lost.isEmpty {
            findings.append(
                Finding(
                    .advertisedAddress, .broker, .error,
                    "the cluster tells its clients to come to \(lost.map { "\($0.address)" }.joined(separator: ", ")),"
                        + " which can't be reached from here",
                    why: "Clients learn the brokers' addresses from the cluster, whatever name they began with.",
                    advice: "set advertised.listeners of these brokers to addresses that clients reach",
                    seeAlso: [.brokerDown]))
        }
        return findings
    }

    private func refusal(isSettling: Bool) -> Finding {
        if !bootstrap.isEmpty, bootstrap.allSatisfy({ $0.answer == .unknownHost }) {
            return finding(
                .hostUnknown, "no address is known for \(names)", "mend KAFKA_BOOTSTRAP_SERVERS, or DNS")
        }
        if let place = bootstrap.first(where: { $0.service != nil && $0.service != .kafka }),
            let service = place.service
        {
            return finding(
                .wrongPort, "\(service.rawValue) listens at \(place.address), not Kafka",
                "set the port in KAFKA_BOOTSTRAP_SERVERS to the brokers'")
        }
        if bootstrap.contains(where: { $0.answer == .open }) { return misunderstanding }
        if let otherPort, let host = bootstrap.first?.address.host {
            return finding(
                .wrongPort, "nobody listens at \(names), and Kafka is at port \(otherPort) of the host",
                "set the port", ["export KAFKA_BOOTSTRAP_SERVERS=\(ServerAddress(host: host, port: otherPort))"])
        }
        if isSettling {
            return finding(
                .wrongPort, "nobody listens at \(names), and yet a dispatcher settles events: brokers are elsewhere",
                "set KAFKA_BOOTSTRAP_SERVERS to what the dispatcher has")
        }
        let refused = bootstrap.contains { $0.answer == .refused }
        return finding(
            .brokerDown, refused ? "nobody listens at \(names)" : "\(names) does not answer",
            "start the broker, or set KAFKA_BOOTSTRAP_SERVERS to where it listens", seeAlso: [.wrongPort])
    }

    /// Somebody listens, and does not answer this client.
    private var misunderstanding: Finding {
        let text = log.joined(separator: "\n").lowercased()
        let said = log.first { !$0.isEmpty }.map { ": \($0.prefix(300))" } ?? ""
        let seen = "\(names): \(error ?? "no answer")\(said)"
        if text.contains("authentication") || text.contains("sasl") {
            return finding(
                .loginRefused, seen, "set KAFKA_CONFIG_SASL_MECHANISM, _SASL_USERNAME and _SASL_PASSWORD")
        }
        let isKafkaInClear = bootstrap.contains { $0.service == .kafka }
        if text.contains("ssl") || text.contains("certificate") || text.contains("apiversion") || isKafkaInClear {
            return finding(
                .tls, seen,
                isKafkaInClear && protocolName.contains("ssl")
                    ? "the listener speaks no TLS: set KAFKA_CONFIG_SECURITY_PROTOCOL=PLAINTEXT, or its other port"
                    : "set KAFKA_CONFIG_SECURITY_PROTOCOL to what the listener speaks (SSL, SASL_SSL, SASL_PLAINTEXT),"
                        + " and KAFKA_CONFIG_SSL_CA_LOCATION to its authority",
                seeAlso: [.wrongPort, .loginRefused])
        }
        return finding(.brokerDown, seen, "see the broker's log", seeAlso: [.tls, .wrongPort])
    }

    private func finding(
        _ id: FindingID, _ seen: String, _ advice: String, _ commands: [String] = [], seeAlso: [FindingID] = []
    ) -> Finding {
        Finding(id, .broker, .error, seen, why: Self.why, advice: advice, commands: commands, seeAlso: seeAlso)
    }
}
