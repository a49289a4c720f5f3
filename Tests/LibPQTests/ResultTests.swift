import CLibPQ
import Testing

@testable import LibPQ

@Suite("Results")
struct ResultTests {
    @Test("rows are decoded by place, by name, and as a whole")
    func decoding() throws {
        let result = try makeResult()
        #expect(result.rowCount == 2)
        #expect(result.columns == ["id", "title"])
        #expect(result.rows.count == 2)
        let (id, title) = try result[0].decode((Int64, String).self)
        #expect(id == 7)
        #expect(title == "x")
        #expect(try result[1].decode("title") as String? == nil)
        #expect(try result[1].decode(0, as: Int.self) == 8)
        #expect(try result.rows.map { row throws in try row.decode("id") as Int } == [7, 8])
    }

    @Test("bytes are lent as they are, nil for NULL, empty for empty")
    func bytes() throws {
        let result = try makeResult(title: "")
        #expect(result.withBytes(row: 0, column: 1) { $0?.count } == 0)
        #expect(result.withBytes(row: 1, column: 1) { $0 == nil })
        #expect(result.isNull(row: 1, column: 1))
        #expect(!result.isNull(row: 0, column: 1))
        #expect(try result.int64(row: 0, column: 0) == 7)
    }

    @Test("what can't be decoded is an error that names the column")
    func errors() throws {
        let result = try makeResult()
        expectMessage("title", "NULL") { try result[1].decode("title") as String }
        expectMessage("title", "text") { try result.int64(row: 0, column: 1) }
        expectMessage("nothing") { try result[0].decode("nothing") as String }
        expectMessage("column 2") { try result[0].decode(2) as String }
        expectMessage("column -1") { try result[0].decode(-1) as String }
        expectMessage("2 columns", "3 values") { try result[0].decode((Int, String, Int).self) }
        expectMessage("2 columns", "1 values") { try result[0].decode(Int.self) }
    }

    @Test("a row keeps its result alive")
    func lifetime() throws {
        var rows: [PQRow] = []
        for _ in 0..<100 { rows.append(try makeResult()[1]) }
        #expect(try rows.map { row throws in try row.decode(0, as: Int64.self) }.allSatisfy { $0 == 8 })
    }

    private func expectMessage<Value>(_ parts: String..., from body: () throws -> Value) {
        let error = #expect(throws: PQError.self) { _ = try body() }
        #expect(error?.code == .decoding)
        for part in parts { #expect(error?.message.contains(part) == true, "\(error?.message ?? "") lacks \(part)") }
    }

    /// Two rows of an int8 and a text: (7, title) and (8, NULL).
    private func makeResult(title: String = "x") throws -> PQResult {
        let pointer = try #require(PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK))
        let result = "id".withCString { id in
            "title".withCString { titleName in
                var columns = [
                    PGresAttDesc(
                        name: UnsafeMutablePointer(mutating: id), tableid: 0, columnid: 0, format: 1, typid: 20,
                        typlen: 8, atttypmod: -1),
                    PGresAttDesc(
                        name: UnsafeMutablePointer(mutating: titleName), tableid: 0, columnid: 0, format: 1, typid: 25,
                        typlen: -1, atttypmod: -1),
                ]
                return PQsetResultAttrs(pointer, 2, &columns)
            }
        }
        #expect(result == 1)
        set(pointer, 0, 0, [0, 0, 0, 0, 0, 0, 0, 7])
        set(pointer, 0, 1, Array(title.utf8))
        set(pointer, 1, 0, [0, 0, 0, 0, 0, 0, 0, 8])
        set(pointer, 1, 1, nil)
        return PQResult(owning: pointer)
    }

    private func set(_ result: OpaquePointer, _ row: Int32, _ column: Int32, _ bytes: [UInt8]?) {
        guard var value = bytes?.map({ CChar(bitPattern: $0) }) else {
            #expect(PQsetvalue(result, row, column, nil, -1) == 1)
            return
        }
        let length = Int32(value.count)
        value.append(0)
        #expect(PQsetvalue(result, row, column, &value, length) == 1)
    }
}
