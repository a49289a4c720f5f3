/// The rows of a result, in order.
public struct PQRows: RandomAccessCollection, Sendable {
    let result: PQResult

    /// Zero.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { result.rowCount }

    /// The row at a position.
    public subscript(position: Int) -> PQRow { result[position] }
}
