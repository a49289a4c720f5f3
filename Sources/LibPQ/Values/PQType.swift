/// A PostgreSQL data type, by its object id.
public struct PQType: Hashable, Sendable, CustomStringConvertible {
    /// The object id in `pg_type`; the built-in ones are the same on every server.
    public var oid: UInt32

    /// Creates a type from its object id.
    /// - Parameter oid: the object id in `pg_type`.
    public init(oid: UInt32) { self.oid = oid }

    public static let bool = PQType(oid: 16)
    public static let bytea = PQType(oid: 17)
    public static let char = PQType(oid: 18)
    public static let name = PQType(oid: 19)
    public static let int8 = PQType(oid: 20)
    public static let int2 = PQType(oid: 21)
    public static let int4 = PQType(oid: 23)
    public static let text = PQType(oid: 25)
    public static let oid = PQType(oid: 26)
    public static let json = PQType(oid: 114)
    public static let xml = PQType(oid: 142)
    public static let float4 = PQType(oid: 700)
    public static let float8 = PQType(oid: 701)
    public static let unknown = PQType(oid: 705)
    public static let bpchar = PQType(oid: 1042)
    public static let varchar = PQType(oid: 1043)
    public static let date = PQType(oid: 1082)
    public static let timestamp = PQType(oid: 1114)
    public static let timestamptz = PQType(oid: 1184)
    public static let numeric = PQType(oid: 1700)
    public static let uuid = PQType(oid: 2950)
    public static let jsonb = PQType(oid: 3802)

    public static let boolArray = PQType(oid: 1000)
    public static let byteaArray = PQType(oid: 1001)
    public static let int2Array = PQType(oid: 1005)
    public static let int4Array = PQType(oid: 1007)
    public static let textArray = PQType(oid: 1009)
    public static let int8Array = PQType(oid: 1016)
    public static let float4Array = PQType(oid: 1021)
    public static let float8Array = PQType(oid: 1022)
    public static let timestamptzArray = PQType(oid: 1185)
    public static let uuidArray = PQType(oid: 2951)
    public static let jsonbArray = PQType(oid: 3807)

    private static let names: [PQType: String] = [
        .bool: "bool", .bytea: "bytea", .char: "\"char\"", .name: "name", .int8: "int8", .int2: "int2", .int4: "int4",
        .text: "text", .oid: "oid", .json: "json", .xml: "xml", .float4: "float4", .float8: "float8",
        .unknown: "unknown", .bpchar: "bpchar", .varchar: "varchar", .date: "date", .timestamp: "timestamp",
        .timestamptz: "timestamptz", .numeric: "numeric", .uuid: "uuid", .jsonb: "jsonb", .boolArray: "bool[]",
        .byteaArray: "bytea[]", .int2Array: "int2[]", .int4Array: "int4[]", .textArray: "text[]",
        .int8Array: "int8[]", .float4Array: "float4[]", .float8Array: "float8[]", .timestamptzArray: "timestamptz[]",
        .uuidArray: "uuid[]", .jsonbArray: "jsonb[]",
    ]

    /// The type's name where it is a well-known one, else its object id.
    public var description: String { Self.names[self] ?? "type \(oid)" }

    /// Whether it was made by a user (an enum, a domain, …), so that its object id says nothing.
    var isUserDefined: Bool { oid >= 16384 }
}
