#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension UUID: PQEncodable, PQDecodable, PQArrayElement {
    /// `uuid`
    public static var postgresType: PQType { .uuid }
    /// `uuid[]`
    public static var postgresArrayType: PQType { .uuidArray }

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> UUID {
        guard type == .uuid else { throw mismatch(type) }
        guard bytes.count == 16 else { throw malformed(type) }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

/// Written as timestamptz, in microseconds; read from timestamptz, and from timestamp taken as UTC.
extension Date: PQEncodable, PQDecodable, PQArrayElement {
    /// `timestamptz`
    public static var postgresType: PQType { .timestamptz }
    /// `timestamptz[]`
    public static var postgresArrayType: PQType { .timestamptzArray }

    // PostgreSQL counts from 2000-01-01, Date from 2001-01-01; 2000 was a leap year.
    private static let epochDifference: Int64 = 366 * 86_400 * 1_000_000

    /// Appends the value in PostgreSQL's binary format.
    public func encode(into bytes: inout [UInt8]) throws(PQError) {
        let microseconds = (timeIntervalSinceReferenceDate * 1_000_000).rounded()
        // The server holds the years -4713 to 294276; this is a little less, and far from overflow.
        guard abs(microseconds) < 9.2e18, let exact = Int64(exactly: microseconds) else {
            throw PQError(.encoding, "a date is outside the range of timestamptz")
        }
        bytes.appendBigEndian(exact + Self.epochDifference)
    }

    /// Reads a value from PostgreSQL's binary format.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PQType) throws(PQError) -> Date {
        guard type == .timestamptz || type == .timestamp else { throw mismatch(type) }
        guard bytes.count == 8 else { throw malformed(type) }
        let microseconds = bytes.bigEndian(as: Int64.self)
        guard microseconds != .max, microseconds != .min else {
            throw PQError(.decoding, "an infinite timestamp can't be decoded as Date")
        }
        let (sinceReference, overflow) = microseconds.subtractingReportingOverflow(epochDifference)
        guard !overflow else { throw malformed(type) }
        // Two steps keep the microseconds exact: whole seconds first, then the fraction.
        let (seconds, fraction) = sinceReference.quotientAndRemainder(dividingBy: 1_000_000)
        return Date(timeIntervalSinceReferenceDate: Double(seconds) + Double(fraction) / 1_000_000)
    }
}
