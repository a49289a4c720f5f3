public import LibPQ

/// PostgreSQL's `date`: days since 2000-01-01 as four bytes.
extension CalendarDate: PQEncodable, PQDecodable, PQArrayElement {
    public static var postgresType: PQType { .date }
    public static var postgresArrayType: PQType { PQType(oid: 1182) }

    private static let daysFrom1970To2000 = 10_957

    public func encode(into bytes: inout [UInt8]) throws(PQError) {
        let days = Int32(daysSince1970 - Self.daysFrom1970To2000)
        withUnsafeBytes(of: days.bigEndian) { bytes.append(contentsOf: $0) }
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> CalendarDate {
        guard type == .date, bytes.count == 4 else {
            throw PQError(.decoding, "a value of type \(type) can't be decoded as CalendarDate; cast it to date")
        }
        let days = Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        guard let date = CalendarDate(daysSince1970: days + daysFrom1970To2000) else {
            throw PQError(.decoding, "a date outside the years 1 to 9999 can't be decoded as CalendarDate")
        }
        return date
    }
}
