import CLibPQ

extension PQChannel {
    /// Runs statements in one round trip: all of them or, outside a transaction, none.
    /// - Returns: their results, in order.
    func pipeline(_ batch: [PQStatement]) throws(PQError) -> [PQResult] {
        for statement in batch { try check(statement) }
        try deallocateAbandoned()
        do {
            return try runPipeline(batch, named: batch.count)
        } catch {
            // What was outdated has been forgotten; nothing has taken effect, so all can be sent again.
            guard error.isStaleStatement, transactionStatus == PQTRANS_IDLE else { throw error }
            return try runPipeline(batch, named: batch.count)
        }
    }

    /// Runs a transaction's last statements and COMMIT, in one round trip. The server skips COMMIT when one fails.
    func commit(after statements: [PQStatement]) throws(PQError) {
        for statement in statements { try check(statement) }
        _ = try runPipeline(statements + ["COMMIT"], named: statements.count)
    }

    /// What the server is going to answer to, in order.
    private enum Step {
        case settings
        case prepare(StatementCache.Key, name: String)
        case run(index: Int, cached: StatementCache.Key?)
    }

    /// - Parameter named: how many of them, from the first, are the caller's: an error says which one it is about.
    private func runPipeline(_ batch: [PQStatement], named: Int) throws(PQError) -> [PQResult] {
        let connection = try connection()
        let settings = settingsToSend
        guard PQenterPipelineMode(connection) == 1 else { throw sendFailure() }
        var steps: [Step] = []
        let outcome: Result<[PQResult], PQError>
        do {
            steps = try sendPipeline(batch, after: settings)
            outcome = .success([])
        } catch {
            outcome = .failure(error)
        }
        // Whatever was sent is answered up to the next synchronization point, also after a failure to send.
        guard PQpipelineSync(connection) == 1 else { throw lose() }
        switch outcome {
        case .success:
            let results = readPipeline(steps, count: batch.count, named: named)
            if isUsable, PQexitPipelineMode(connection) != 1 { throw lose() }
            return try results.get()
        case .failure(let error):
            while let result = try nextPipelineResult() {
                let isSync = PQresultStatus(result) == PGRES_PIPELINE_SYNC
                PQclear(result)
                if isSync { break }
            }
            if PQexitPipelineMode(connection) != 1 { throw lose() }
            throw error
        }
    }

    private func sendPipeline(_ batch: [PQStatement], after settings: String?) throws(PQError) -> [Step] {
        var steps: [Step] = []
        if let settings {
            try send(PQStatement(unsafe: settings), prepared: nil)
            steps.append(.settings)
        }
        var fresh: [StatementCache.Key: String] = [:]
        for (index, statement) in batch.enumerated() {
            guard preparesStatements else {
                try send(statement, prepared: nil)
                steps.append(.run(index: index, cached: nil))
                continue
            }
            let key = StatementCache.Key(sql: statement.sql, types: statement.parameters.map { $0.type.oid })
            if let name = fresh[key] {
                try send(statement, prepared: name)
                steps.append(.run(index: index, cached: nil))
            } else if let name = statements.name(of: key) {
                try send(statement, prepared: name)
                steps.append(.run(index: index, cached: key))
            } else {
                let name = try sendPrepare(key)
                fresh[key] = name
                steps.append(.prepare(key, name: name))
                try send(statement, prepared: name)
                steps.append(.run(index: index, cached: nil))
            }
        }
        return steps
    }

    private func readPipeline(_ steps: [Step], count: Int, named: Int) -> Result<[PQResult], PQError> {
        var results: [PQResult] = []
        results.reserveCapacity(count)
        var prepared: [(StatementCache.Key, String)] = []
        var failure: PQError?
        do {
            for step in steps {
                let (result, error) = try readStep()
                switch step {
                case .settings: failure = error
                case .prepare(let key, let name):
                    if let error {
                        failure = failure ?? error
                    } else if result != nil {
                        prepared.append((key, name))
                    }
                case .run(let index, let key):
                    if let result { results.append(result) }
                    guard var error, failure == nil else { continue }
                    if let key { error.isStaleStatement = isStale(error, key: key) }
                    if named > 1, index < named {
                        error.message = "statement \(index + 1) of \(named): \(error.message)"
                    }
                    failure = error
                }
            }
            try skipSync()
        } catch {
            // The connection went down. What the server said before tells more.
            return .failure(failure?.code == .connectionLost ? failure ?? error : error)
        }
        // Preparing is not undone with the transaction that fails.
        for (key, name) in prepared { statements.insert(key, name: name) }
        if let failure { return .failure(meaning(of: failure)) }
        return .success(results)
    }

    /// Reads the answer to one step; neither result nor error when an earlier step failed.
    private func readStep() throws(PQError) -> (PQResult?, PQError?) {
        var answer: (PQResult?, PQError?) = (nil, nil)
        while let result = try nextResult() {
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: answer.0 = PQResult(owning: result)
            case PGRES_PIPELINE_ABORTED: PQclear(result)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                // libpq can't leave a COPY in pipeline mode.
                throw lose(PQError(.usage, "COPY is not possible in a pipeline; the connection was closed"))
            default:
                answer.1 = answer.1 ?? PQError(result: result)
                PQclear(result)
            }
        }
        return answer
    }

    private func skipSync() throws(PQError) {
        guard let result = try nextResult() else { throw lose() }
        PQclear(result)
    }

    private func nextPipelineResult() throws(PQError) -> OpaquePointer? {
        // Between two statements libpq returns one "no more results".
        if let result = try nextResult() { return result }
        return try nextResult()
    }
}
