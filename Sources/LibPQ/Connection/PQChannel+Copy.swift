import CLibPQ

extension PQChannel {
    // MARK: COPY FROM STDIN

    /// Starts a COPY in either direction.
    func startCopy(_ sql: String, expecting direction: ExecStatusType) throws(PQError) {
        try checkText(sql)
        isCopyOutAtEnd = false
        guard PQsendQuery(try connection(), sql) == 1 else { throw sendFailure() }
        guard let result = try nextResult() else { throw lose() }
        let status = PQresultStatus(result)
        guard status == direction else {
            let failure =
                PQresultErrorField(result, DiagnosticField.severity) == nil
                ? PQError(.usage, "the statement is not the COPY that was expected") : PQError(result: result)
            PQclear(result)
            if status == PGRES_COPY_IN { try endCopyIn("not expected") }
            if status == PGRES_COPY_OUT { try skipCopyOut() }
            while let rest = try nextResult() { PQclear(rest) }
            throw meaning(of: failure)
        }
        PQclear(result)
    }

    /// Sends a part of the rows, and waits until the system has taken it, so that memory stays bounded.
    func putCopyData(_ bytes: [UInt8]) throws(PQError) {
        var status: Int32 = 0
        while status == 0 {
            let connection = try connection()
            status = bytes.withUnsafeBytes {
                PQputCopyData(connection, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
            }
            if status == 0 { try waitForServer(writing: true) }
        }
        guard status == 1 else { throw sendFailure() }
        while try !flush() { try waitForServer(writing: true) }
        if isCancelling { throw .cancelled() }
    }

    /// Ends COPY FROM STDIN.
    /// - Parameter failure: makes the server reject all rows; nil keeps them.
    func endCopyIn(_ failure: String?) throws(PQError) {
        while true {
            switch PQputCopyEnd(try connection(), failure) {
            case 1: return
            case 0: try waitForServer(writing: true)
            default: throw sendFailure()
            }
        }
    }

    /// Has the server reject the rows of a COPY FROM STDIN.
    func abortCopyIn() throws(PQError) {
        try endCopyIn("given up by the client")
        do throws(PQError) {
            _ = try readResult()
        } catch {
            guard error.code != .connectionLost else { throw error }
        }
    }

    // MARK: COPY TO STDOUT

    /// Reads rows until there are some tens of kilobytes of them.
    /// - Returns: whole rows in COPY's binary format, or nil at the end.
    func readCopyData(atLeast size: Int) throws(PQError) -> [UInt8]? {
        var bytes: [UInt8] = []
        // The last rows are handed out before it is known that they are; the next call finds the end.
        while bytes.count < size && !isCopyOutAtEnd {
            isCopyOutAtEnd = try !nextCopyData { bytes.append(contentsOf: $0) }
        }
        guard bytes.isEmpty else { return bytes }
        _ = try readResult()
        return nil
    }

    /// Reads COPY TO STDOUT to its end and drops it.
    func skipCopyOut() throws(PQError) {
        while try nextCopyData({ _ in }) {}
    }

    /// Ends COPY TO STDOUT before its end.
    /// - Parameter cancelling: whether to have the server stop, which costs an open transaction.
    func abortCopyOut(cancelling: Bool) throws(PQError) {
        if cancelling { interrupt.requestAny() }
        if !isCopyOutAtEnd { try skipCopyOut() }
        do throws(PQError) {
            _ = try readResult()
        } catch {
            guard error.code != .connectionLost else { throw error }
        }
    }

    /// Lends the next message of COPY TO STDOUT.
    /// - Returns: false at the end, where the result follows.
    private func nextCopyData(_ body: (UnsafeRawBufferPointer) -> Void) throws(PQError) -> Bool {
        while true {
            var data: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(try connection(), &data, 1)
            switch length {
            case 0: try waitForServer(writing: try !flush())
            case -1: return false
            case -2: throw sendFailure()
            default:
                body(UnsafeRawBufferPointer(start: data, count: Int(length)))
                PQfreemem(data)
                return true
            }
        }
    }
}
