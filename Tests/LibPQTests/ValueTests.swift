import FoundationEssentials
import Testing

@testable import LibPQ

@Suite("Binary values")
struct ValueTests {
    @Test("every type is read back as it was written")
    func roundTrip() throws {
        try check([Int16.min, -1, 0, .max])
        try check([Int32.min, -1, 0, .max])
        try check([Int64.min, -1, 0, .max])
        try check([Int.min, -1, 0, .max])
        try check([true, false])
        try check([Float(0), -1.5, .infinity, .leastNonzeroMagnitude])
        try check([0.0, -1.5, .pi, -.infinity, .greatestFiniteMagnitude])
        try check(["", "x", "é日本\u{1F600}", "a\u{0}b"])
        try check([UUID(), UUID(uuid: (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))])
        try check([[UInt8](), [0], [1, 0, 255]])
        try check([PQJSON("{}"), PQJSON("[1, \"é\"]")])
        try check([[Int32](), [1], [.min, .max]])
        try check([["a", nil, ""], [String?](), [nil]])
        try check([[[UInt8]()], [[1, 2], [], [3]]])
        try check([[UUID()], []])
        try check([Optional(5), 6])
    }

    private func check<Value: PQEncodable & PQDecodable & Equatable>(_ values: [Value]) throws {
        for value in values {
            let parameter = PQParameter(value)
            #expect(parameter.failure == nil)
            let bytes = try #require(parameter.bytes)
            #expect(try decode(Value.self, bytes, parameter.type) == value)
        }
    }

    @Test(
        "a date keeps its microseconds",
        arguments: [
            (946_684_800.0, 0), (1_700_000_000.123456, 753_315_200_123_456), (0, -946_684_800_000_000),
            (-62_135_596_800, -63_082_281_600_000_000), (253_402_300_799.999999, 252_455_615_999_999_999),
        ] as [(Double, Int64)])
    func dates(secondsSince1970: Double, microseconds: Int64) throws {
        let date = Date(timeIntervalSince1970: secondsSince1970)
        let bytes = try #require(PQParameter(date).bytes)
        let encoded = bytes.withUnsafeBytes { $0.bigEndian(as: Int64.self) }
        // Date holds far years only to some microseconds.
        #expect(abs(encoded - microseconds) <= (abs(secondsSince1970) > 1e11 ? 40 : 0))
        let decoded: Date = try decode(Date.self, bytes, .timestamptz)
        #expect(abs(decoded.timeIntervalSince(date)) < 1e-4)
    }

    @Test("dates that PostgreSQL can't hold are errors, and don't stop the program")
    func impossibleDates() {
        for interval in [Double.nan, .infinity, -.infinity, 1e300, 9.3e12] {
            let parameter = PQParameter(Date(timeIntervalSinceReferenceDate: interval))
            #expect(parameter.failure?.code == .encoding)
        }
        for bytes in [[0x7f] + [UInt8](repeating: 0xff, count: 7), [0x80] + [UInt8](repeating: 0, count: 7)] {
            #expect(throws: PQError.self) { try decode(Date.self, bytes, .timestamptz) }
        }
        let lowest = [0x80, 0, 0, 0, 0, 0, 0, 1] as [UInt8]
        #expect(throws: PQError.self) { try decode(Date.self, lowest, .timestamptz) }
    }

    @Test("integers are read from any width, if they fit")
    func widths() throws {
        #expect(try decode(Int64.self, [0xff, 0xfe], .int2) == -2)
        #expect(try decode(Int16.self, [0, 0, 0, 0, 0, 0, 0, 9], .int8) == 9)
        #expect(try decode(Int.self, [0xff, 0xff, 0xff, 0xff], .oid) == 4_294_967_295)
        let error = #expect(throws: PQError.self) { try decode(Int16.self, [0, 1, 0, 0], .int4) }
        #expect(error?.code == .decoding)
        #expect(error?.message.contains("too large for Int16") == true)
    }

    @Test("text is read from every textual type, and must be UTF-8")
    func text() throws {
        for type in [PQType.text, .varchar, .bpchar, .name, .json, .unknown, PQType(oid: 20_000)] {
            #expect(try decode(String.self, [0x61], type) == "a")
        }
        #expect(try decode(String.self, [1, 0x7b, 0x7d], .jsonb) == "{}")
        #expect(try decode(PQJSON.self, [0x7b, 0x7d], .json).text == "{}")
        #expect(throws: PQError.self) { try decode(String.self, [0xff], .text) }
        #expect(throws: PQError.self) { try decode(String.self, [2, 0x7b, 0x7d], .jsonb) }
        #expect(throws: PQError.self) { try decode(String.self, [], .jsonb) }
        #expect(throws: PQError.self) { try decode(String.self, [0, 0, 0, 1], .int4) }
    }

    @Test("a wrong type or a wrong length is an error that names the type")
    func mismatches() {
        expectFailure(Bool.self, [1], .int2)
        expectFailure(Bool.self, [], .bool)
        expectFailure(Int.self, [1], .int8)
        expectFailure(Int.self, [0, 0, 0, 0, 0, 0, 0, 1], .float8)
        expectFailure(Double.self, [1], .float8)
        expectFailure(Double.self, [0, 0, 0, 1], .int4)
        expectFailure(Float.self, [0, 0], .float4)
        expectFailure(UUID.self, [1, 2], .uuid)
        expectFailure(Date.self, [1, 2], .timestamptz)
        expectFailure([UInt8].self, [1, 2], .text)
        expectFailure(PQJSON.self, [1, 2], .text)
    }

    private func expectFailure<Value: PQDecodable>(_ type: Value.Type, _ bytes: [UInt8], _ column: PQType) {
        let error = #expect(throws: PQError.self) { try decode(Value.self, bytes, column) }
        #expect(error?.code == .decoding)
        #expect(error?.message.contains(column.description) == true)
    }

    @Test("a malformed array is an error, however it is broken", arguments: 0..<60)
    func malformedArrays(cut: Int) throws {
        var bytes = try #require(PQParameter([Int32(1), 2, 3, 4, 5]).bytes)
        #expect(bytes.count == 60)
        let full = bytes
        bytes.removeLast(60 - cut)
        #expect(throws: PQError.self) { try decode([Int32].self, bytes, .int4Array) }
        // Every byte of the header and of the lengths may lie.
        var lying = full
        lying[cut] = 0x7f
        _ = try? decode([Int32].self, lying, .int4Array)
        lying[cut] = 0xff
        _ = try? decode([Int32].self, lying, .int4Array)
    }

    @Test("arrays of several dimensions, and NULLs without optionals, are refused")
    func unsupportedArrays() throws {
        var bytes = try #require(PQParameter([Int32(1)]).bytes)
        bytes[3] = 2
        #expect(throws: PQError.self) { try decode([Int32].self, bytes, .int4Array) }
        let withNull = try #require(PQParameter([Int32(1), nil]).bytes)
        let error = #expect(throws: PQError.self) { try decode([Int32].self, withNull, .int4Array) }
        #expect(error?.message.contains("Int32?") == true)
    }

    private func decode<Value: PQDecodable>(_: Value.Type, _ bytes: [UInt8], _ type: PQType) throws -> Value {
        try bytes.withUnsafeBytes { try Value.decodeField($0, type: type) }
    }
}
