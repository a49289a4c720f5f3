import LibPQ

/// The checks of a database.
struct DatabaseCheck: Sendable {
    private let configuration: DoctorConfiguration

    init(_ configuration: DoctorConfiguration) {
        self.configuration = configuration
    }

    /// - Returns: what waits in the outbox, where that could be read, and what was found.
    func run() async -> (events: EventsFacts?, findings: [Finding]) {
        let events = Seen<EventsFacts>()
        let findings = await withConnection(
            to: configuration.databaseURL, in: .database, setting: "DATABASE_URL"
        ) { connection in
            await checkOutbox(connection, events)
        }
        return (events.value, findings)
    }

    /// Only what can keep a dispatcher from its work: the way to the server, the schema, and the role's rights.
    func runAccess() async -> [Finding] {
        await withConnection(to: configuration.databaseURL, in: .database, setting: "DATABASE_URL") { connection in
            let (lanes, purpose) = (configuration.lanes, configuration.purpose)
            let seen = Seen<SchemaFacts>()
            let findings = await guarded("the schema", .schema) {
                let role = try await connection.query("SELECT current_user::text")[0].decode(0, as: String.self)
                let schema = try await SchemaFacts.read(connection, lanes: lanes)
                seen.value = schema
                return schema.findings(lanes: lanes, role: role)
            }
            guard let schema = seen.value, schema.hasEvents else { return findings }
            return findings
                + (await guarded("rights", .schema) {
                    try await RightsFacts.read(connection, purpose: purpose, schema: schema).findings(purpose: purpose)
                })
        }
    }

    /// Connects, says how that went, and lends the connection.
    func withConnection(
        to url: String, in group: Finding.Group, setting: String,
        _ body: @escaping @Sendable (PQConnection) async -> [Finding]
    ) async -> [Finding] {
        let limit = configuration.timeout
        let settings = PQConfiguration(
            url: url, applicationName: "outbox doctor", connectTimeout: limit, statementTimeout: limit,
            pooling: configuration.pooling)
        let connection: PQConnection
        do throws(PQError) {
            connection = try await PQConnection.connect(settings)
        } catch {
            let refusal = await DatabaseRefusal.investigate(error, url: url, within: limit)
            return [refusal.finding(in: group, setting: setting)]
        }
        var findings = await guarded("the server's version", group) {
            try await ServerFacts.read(connection).findings(in: group)
        }
        findings += await body(connection)
        await connection.close()
        return findings
    }

    private func checkOutbox(_ connection: PQConnection, _ events: Seen<EventsFacts>) async -> [Finding] {
        let lanes = configuration.lanes
        let purpose = configuration.purpose
        let seenSchema = Seen<SchemaFacts>()
        let seenRole = Seen<String>()
        var findings = await guarded("sessions and replication slots", .database) {
            let role = try await connection.query("SELECT current_user::text")[0].decode(0, as: String.self)
            seenRole.value = role
            return try await SessionsFacts.read(connection).findings(role: role)
        }
        findings += await guarded("the disk", .database) { try await DiskFacts.read(connection).findings() }
        let role = seenRole.value ?? "?"
        findings += await guarded("the schema", .schema) {
            let schema = try await SchemaFacts.read(connection, lanes: lanes)
            seenSchema.value = schema
            return schema.findings(lanes: lanes, role: role)
        }
        guard let schema = seenSchema.value, schema.hasEvents else { return findings }
        findings += await guarded("dead rows", .database) {
            try await VacuumFacts.read(connection).findings(schema: schema)
        }
        findings += await guarded("rights", .schema) {
            try await RightsFacts.read(connection, purpose: purpose, schema: schema).findings(purpose: purpose)
        }
        if schema.isLaneIndexValid == true {
            findings += await guarded("the claim's plan", .schema) {
                [try await PlanFacts.read(connection, lanes: lanes).finding(schema: schema, lanes: lanes)]
            }
        }
        if !schema.missing.contains("outbox_audit") || schema.applied?.contains(2) ?? true {
            findings += await guarded("events that wait", .dispatch) {
                let seen = try await EventsFacts.read(connection)
                events.value = seen
                return seen.findings()
            }
        }
        if !schema.missing.contains("outbox_lanes"), !schema.missing.contains("outbox_dispatchers") {
            findings += await guarded("dispatchers and lanes", .dispatch) {
                try await DispatchFacts.read(connection).findings(events: events.value)
            }
        }
        return findings
    }

    /// Runs one check within its time. A right that it lacks is a note, and so is time that was not enough; a full disk
    /// is what it is, whoever meets it.
    func guarded(
        _ what: String, _ group: Finding.Group, _ check: @escaping @Sendable () async throws -> [Finding]
    ) async -> [Finding] {
        do {
            return try await bounded(by: configuration.timeout, check)
        } catch let error as PQError where error.sqlState == "53100" {
            return DiskFacts.refused(error.message).findings()
        } catch let error as PQError where error.sqlState == "42501" {
            return [
                Finding(
                    .notAllowedToLook, group, .note, "\(what) could not be looked at: \(error.message)",
                    why: "The role lacks a right that this check needs; the others are not affected.")
            ]
        } catch {
            let isLate = error is TookTooLong || (error as? PQError)?.code == .timeout
            let limit = configuration.timeout
            return [
                Finding(
                    .notLookedAt, group, isLate ? .note : .warning,
                    isLate ? "\(what): no answer within \(limit)" : "\(what) could not be looked at: \(error)",
                    why: "What this check is for is not known.",
                    advice: isLate ? "give it more time with --timeout" : nil)
            ]
        }
    }
}
