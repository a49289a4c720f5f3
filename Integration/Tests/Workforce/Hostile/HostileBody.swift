/// A body that no service may take, for any operation.
struct HostileBody: Sendable {
    let name: String
    let status: Int
    var contentType = "application/json"
    let bytes: @Sendable (Operation) -> [UInt8]

    private init(_ name: String, _ status: Int = 400, _ bytes: @escaping @Sendable (Operation) -> [UInt8]) {
        self.name = name
        self.status = status
        self.bytes = bytes
    }

    private static func text(_ name: String, _ text: String, _ status: Int = 400) -> HostileBody {
        HostileBody(name, status) { _ in Array(text.utf8) }
    }

    private static func members(_ value: String) -> HostileBody {
        HostileBody("members \(value.prefix(40))") { $0.body(value) }
    }

    private static func type(_ contentType: String) -> HostileBody {
        var body = HostileBody("type \(contentType)", 415) { $0.body(#""x""#) }
        body.contentType = contentType
        return body
    }

    static let all: [HostileBody] =
        [
            // Little enough beyond the limit to be read whole: a client that still sends may miss the answer.
            text("over the limit", #"{"operationReason":"\#(String(repeating: "x", count: 1_048_577))"}"#, 413),
            HostileBody("many megabytes", 413) { _ in [UInt8](repeating: UInt8(ascii: "["), count: 4_000_000) },
            text("deep arrays", String(repeating: "[", count: 500_000)),
            text("deep arrays, closed", String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000)),
            HostileBody("deep objects") { operation in
                let depth = 2_000
                return operation.body(
                    String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth))
            },
            text("null", "null"), text("number", "1"), text("text", #""x""#), text("array", "[]"),
            text("truncated", #"{"title":"x"#), text("two values", "{}{}"), text("comment", "{/**/}"),
            text("unquoted", "{title:1}"), text("apostrophes", "{'title':'x'}"), text("form", "title=x&code=P1"),
            text("XML", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"),
            HostileBody("NUL") { _ in [0] },
            HostileBody("broken UTF-8") {
                Array(#"{"operationReason":""#.utf8) + [0xC3, 0x28] + $0.body("0").dropFirst(2)
            },
            HostileBody("overlong UTF-8") { _ in
                Array(#"{"operationReason":""#.utf8) + [0xC0, 0xAF] + Array("\"}".utf8)
            },
            HostileBody("UTF-8 surrogate") { _ in
                Array(#"{"operationReason":""#.utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8)
            },
            HostileBody("UTF-16 in part") { _ in Array(#"{"operationReason":""#.utf8) + [0xFF, 0xFE, 0x41] },
            members(#""\ud800""#), members(#""\u0000""#), members("{}"), members("[]"), members(#"{"$ne":null}"#),
            members("-1"), members("1e400"), members("NaN"), members("99999999999999999999999999"), members("0.001"),
            members(#""\#(String(repeating: "x", count: 10_000))""#),
            type("text/plain"), type("application/xml"), type("application/x-www-form-urlencoded"),
            type("multipart/form-data; boundary=x"), type("application/jsonp"), type("json"),
            type("text/html; application/json"),
        ]
}
