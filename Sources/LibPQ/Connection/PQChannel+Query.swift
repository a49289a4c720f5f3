import CLibPQ

extension PQChannel {
    /// Runs one statement with its parameters, binary both ways.
    func query(_ statement: PQStatement) throws(PQError) -> PQResult {
        // The settings and the statement are one transaction, in one round trip.
        if settingsToSend != nil { return try pipeline([statement])[0] }
        try check(statement)
        guard preparesStatements else {
            try send(statement, prepared: nil)
            return try readResult()
        }
        let key = StatementCache.Key(sql: statement.sql, types: statement.parameters.map { $0.type.oid })
        if let name = statements.name(of: key) {
            do {
                try send(statement, prepared: name)
                return try readResult()
            } catch {
                guard isStale(error, key: key) else { throw error }
                guard transactionStatus == PQTRANS_IDLE else {
                    // The transaction has failed with the statement; a new one will prepare it again.
                    var error = error
                    error.isStaleStatement = true
                    throw error
                }
            }
        }
        try send(statement, prepared: try prepare(key))
        return try readResult()
    }

    /// Runs SQL text of one or more statements without parameters, in the simple protocol.
    func run(script: String) throws(PQError) {
        try checkText(script)
        guard PQsendQuery(try connection(), script) == 1 else { throw sendFailure() }
        _ = try readResult()
    }

    /// Throws before anything is sent.
    func check(_ statement: PQStatement) throws(PQError) {
        guard statement.parameters.count <= 65_535 else {
            throw PQError(.usage, "a statement can have 65,535 parameters at most; bind arrays instead")
        }
        for parameter in statement.parameters {
            if let failure = parameter.failure { throw failure }
            guard (parameter.bytes?.count ?? 0) < 1 << 30 else {
                throw PQError(.encoding, "a parameter is larger than 1 GiB")
            }
        }
    }

    func checkText(_ sql: String) throws(PQError) {
        guard !sql.utf8.contains(0) else { throw PQError(.usage, "the SQL text contains a zero byte") }
    }

    /// Whether a cached statement failed for being outdated: its result type has changed (0A000), or the server does
    /// not know it (26000). If so, it is forgotten.
    func isStale(_ error: PQError, key: StatementCache.Key) -> Bool {
        guard error.code != .sharedSession else { return false }
        switch error.sqlState {
        case "0A000": statements.remove(key)
        case "26000": statements.forget(key)
        default: return false
        }
        return true
    }

    func prepare(_ key: StatementCache.Key) throws(PQError) -> String {
        try deallocateAbandoned()
        let name = try sendPrepare(key)
        _ = try readResult()
        statements.insert(key, name: name)
        return name
    }

    /// Sends the request to prepare a statement.
    /// - Returns: its name.
    func sendPrepare(_ key: StatementCache.Key) throws(PQError) -> String {
        try checkText(key.sql)
        let name = statements.makeName()
        guard PQsendPrepare(try connection(), name, key.sql, Int32(key.types.count), key.types) == 1 else {
            throw sendFailure()
        }
        return name
    }

    /// Sends a statement.
    /// - Parameter prepared: its name, or nil to have it parsed anew.
    func send(_ statement: PQStatement, prepared name: String?) throws(PQError) {
        if name == nil { try checkText(statement.sql) }
        let connection = try connection()
        let parameters = statement.parameters
        let count = Int32(parameters.count)
        let size = parameters.reduce(1) { $0 + ($1.bytes?.count ?? 0) }
        let status = withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { buffer -> Int32 in
            var values: [UnsafePointer<CChar>?] = []
            var lengths: [Int32] = []
            values.reserveCapacity(parameters.count)
            lengths.reserveCapacity(parameters.count)
            var offset = 0
            for parameter in parameters {
                let bytes = parameter.bytes ?? []
                UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]).copyBytes(from: bytes)
                // An empty value is not NULL: it still needs an address.
                let start = buffer.baseAddress.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self) + offset) }
                values.append(parameter.bytes == nil ? nil : start)
                lengths.append(Int32(bytes.count))
                offset += bytes.count
            }
            let formats = [Int32](repeating: 1, count: parameters.count)
            if let name { return PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1) }
            let types = parameters.map { $0.type.oid }
            return PQsendQueryParams(connection, statement.sql, count, types, values, lengths, formats, 1)
        }
        guard status == 1 else { throw sendFailure() }
    }

    /// Why libpq refused to send.
    func sendFailure() -> PQError {
        guard let connection = try? connection(), PQstatus(connection) == CONNECTION_OK else { return lose() }
        return PQError(.usage, PQError.firstLine(of: String(cString: PQerrorMessage(connection))))
    }

    /// Reads all results of what was sent.
    /// - Returns: the last one.
    /// - Throws: the first error among them.
    func readResult() throws(PQError) -> PQResult {
        var answer: PQResult?
        var failure: PQError?
        do {
            while let result = try nextResult() {
                switch PQresultStatus(result) {
                case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                    answer = PQResult(owning: result)
                case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                    let isIn = PQresultStatus(result) == PGRES_COPY_IN
                    PQclear(result)
                    failure = failure ?? PQError(.usage, "COPY FROM STDIN and TO STDOUT need copyIn and copyOut")
                    try isIn ? endCopyIn("COPY needs copyIn") : skipCopyOut()
                default:
                    failure = failure ?? PQError(result: result)
                    PQclear(result)
                }
            }
        } catch {
            // The connection went down. What the server said before tells more.
            guard let failure, failure.code == .connectionLost else { throw error }
            throw failure
        }
        if let failure { throw meaning(of: failure) }
        guard let answer else { throw lose(PQError(.connectionLost, "the server sent no result")) }
        return answer
    }

    /// What an error of the server means to the caller.
    func meaning(of error: PQError) -> PQError {
        if error.code == .connectionLost { return lose(error) }
        if error.sqlState == "26000" && hasPooler && !isPooled { return .poolerOverlooked(error) }
        return error.sqlState == "57014" && isCancelling ? .cancelled() : error
    }

    /// Frees what the server keeps of statements that won't be run again.
    func deallocateAbandoned() throws(PQError) {
        // In a transaction a failure would cost the transaction.
        guard transactionStatus == PQTRANS_IDLE else { return }
        for name in statements.takeAbandoned() {
            do {
                try run(script: "DEALLOCATE \(name)")
            } catch {
                // Not there any more (DISCARD ALL) is as good.
                guard error.code == .server else { throw error }
            }
        }
    }
}
