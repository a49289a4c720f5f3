import CLibPQ

extension PQChannel {
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

    /// Reads COPY TO STDOUT to its end and drops it.
    func skipCopyOut() throws(PQError) {
        while try nextCopyData({ _ in }) {}
    }

    /// Lends the next message of COPY TO STDOUT.
    /// - Returns: false at the end, where the result follows.
    func nextCopyData(_ body: (UnsafeRawBufferPointer) -> Void) throws(PQError) -> Bool {
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
