/// The rows of a result, in order.
public struct PQRows: RandomAccessCollection, Sendable {
    let result: PQResult

    public var startIndex: Int { 0 }
    public var endIndex: Int { result.rowCount }

    public subscript(position: Int) -> PQRow { result[position] }
}
