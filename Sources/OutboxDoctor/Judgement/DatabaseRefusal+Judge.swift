extension DatabaseRefusal {
    /// - Parameters:
    ///   - group: where the database belongs.
    ///   - setting: the variable with its URL.
    func finding(in group: Finding.Group, setting: String) -> Finding {
        func finding(
            _ id: FindingID, why: String, advice: String, commands: [String] = [], seeAlso: [FindingID] = []
        ) -> Finding {
            Finding(id, group, .error, message, why: why, advice: advice, commands: commands, seeAlso: seeAlso)
        }
        let check = "psql \"$\(setting)\" -c 'SELECT 1'"
        if isUsage {
            return finding(
                .databaseDown, why: "Nothing can be done without the database.", advice: "mend the URL in \(setting)")
        }
        switch sqlState {
        case "28P01", "28000":
            return finding(
                .loginRefused, why: "The server answers, and does not let this role in.",
                advice: "set user and password in \(setting), or ALTER ROLE … PASSWORD on the server; "
                    + "pg_hba.conf says who may come from where",
                commands: [check], seeAlso: message.contains("SSL") || message.contains("encryption") ? [.tls] : [])
        case "3D000":
            let name = message.firstMatch(of: /"([^"]+)"/).map { String($0.output.1) } ?? "outbox"
            return finding(
                .databaseMissing, why: "The server answers, and has no database of that name.",
                advice: "make it, or name another one in \(setting)", commands: ["createdb \(name)", "outbox migrate"])
        case "53300":
            return finding(
                .connectionsUsedUp, why: "Dispatchers and writers are turned away as well.",
                advice: "raise max_connections, or put a pooler before the server",
                commands: ["psql -c 'SELECT usename, application_name, count(*) FROM pg_stat_activity GROUP BY 1, 2'"])
        case "42501":
            return finding(
                .roleWithoutRights, why: "The role may not connect to this database.",
                advice: "as the database's owner: GRANT CONNECT ON DATABASE … TO …")
        case "57P03", "57P01":
            return finding(
                .databaseDown, why: "The server is starting or stopping; everything waits for it.",
                advice: "wait for it; its log says what it does", commands: [check])
        default: break
        }
        return withoutServer({ finding($0, why: $1, advice: $2, commands: $3, seeAlso: $4) }, check, setting)
    }

    private func withoutServer(
        _ finding: (FindingID, String, String, [String], [FindingID]) -> Finding, _ check: String, _ setting: String
    ) -> Finding {
        let text = message.lowercased()
        if text.contains("translate host name") || text.contains("name or service not known") {
            return finding(
                .hostUnknown, "No address is known for the host.", "mend the host's name in \(setting), or DNS", [], [])
        }
        if let service, service != .postgres {
            let place = otherPort.map { "; PostgreSQL is at port \($0)" } ?? ""
            return finding(
                .wrongPort, "\(service.rawValue) listens at this port\(place).",
                "set the port in \(setting)" + (otherPort.map { " to \($0)" } ?? ""), [], [])
        }
        if text.contains("ssl") || text.contains("certificate") || text.contains("tls") {
            return finding(
                .tls, "Server and client do not agree on encryption, or on whose certificate it is.",
                "set sslmode and sslrootcert in \(setting)", [check], [])
        }
        if let otherPort {
            return finding(
                .wrongPort, "Nobody listens at this port, and PostgreSQL is at port \(otherPort) of the host.",
                "set the port in \(setting) to \(otherPort)", [], [.databaseDown])
        }
        return finding(
            .databaseDown, "No event can be written or dispatched; what is there stays and waits.",
            "start the server, or set host and port in \(setting) to where it listens",
            ["pg_isready" + (address.map { " -h \($0.host) -p \($0.port)" } ?? "")], [.wrongPort])
    }
}
