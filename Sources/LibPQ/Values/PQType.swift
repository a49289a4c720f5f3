/// A PostgreSQL data type, by its object id.
public struct PQType: Hashable, Sendable, CustomStringConvertible {
    /// The object id in `pg_type`; the built-in ones are the same on every server.
    public var oid: UInt32

    /// Creates a type from its object id.
    /// - Parameter oid: the object id in `pg_type`.
    public init(oid: UInt32) { self.oid = oid }

    /// `bool`
    public static let bool = PQType(oid: 16)
    /// `bytea`
    public static let bytea = PQType(oid: 17)
    /// `"char"`
    public static let char = PQType(oid: 18)
    /// `name`
    public static let name = PQType(oid: 19)
    /// `int8`
    public static let int8 = PQType(oid: 20)
    /// `int2`
    public static let int2 = PQType(oid: 21)
    /// `int4`
    public static let int4 = PQType(oid: 23)
    /// `text`
    public static let text = PQType(oid: 25)
    /// `oid`
    public static let oid = PQType(oid: 26)
    /// `json`
    public static let json = PQType(oid: 114)
    /// `xml`
    public static let xml = PQType(oid: 142)
    /// `float4`
    public static let float4 = PQType(oid: 700)
    /// `float8`
    public static let float8 = PQType(oid: 701)
    /// `unknown`
    public static let unknown = PQType(oid: 705)
    /// `bpchar`
    public static let bpchar = PQType(oid: 1042)
    /// `varchar`
    public static let varchar = PQType(oid: 1043)
    /// `date`
    public static let date = PQType(oid: 1082)
    /// `timestamp`
    public static let timestamp = PQType(oid: 1114)
    /// `timestamptz`
    public static let timestamptz = PQType(oid: 1184)
    /// `numeric`
    public static let numeric = PQType(oid: 1700)
    /// `uuid`
    public static let uuid = PQType(oid: 2950)
    /// `jsonb`
    public static let jsonb = PQType(oid: 3802)

    /// `bool[]`
    public static let boolArray = PQType(oid: 1000)
    /// `bytea[]`
    public static let byteaArray = PQType(oid: 1001)
    /// `int2[]`
    public static let int2Array = PQType(oid: 1005)
    /// `int4[]`
    public static let int4Array = PQType(oid: 1007)
    /// `text[]`
    public static let textArray = PQType(oid: 1009)
    /// `int8[]`
    public static let int8Array = PQType(oid: 1016)
    /// `float4[]`
    public static let float4Array = PQType(oid: 1021)
    /// `float8[]`
    public static let float8Array = PQType(oid: 1022)
    /// `timestamptz[]`
    public static let timestamptzArray = PQType(oid: 1185)
    /// `uuid[]`
    public static let uuidArray = PQType(oid: 2951)
    /// `jsonb[]`
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
