import Outbox
import Testing

@Suite("The schema checker of these tests")
struct JSONSchemaTests {
    @Test(
        "accepts and refuses what JSON Schema does",
        arguments: [
            (#"{"type":"string"}"#, #""a""#, true), (#"{"type":"string"}"#, "1", false),
            (#"{"type":["string","null"]}"#, "null", true), (#"{"type":["string","null"]}"#, "true", false),
            (#"{"type":"integer"}"#, "1.0", true), (#"{"type":"integer"}"#, "1.5", false),
            (#"{"type":"number"}"#, "1", true), (#"{"type":"boolean"}"#, "0", false),
            (#"{"enum":["a","b"]}"#, #""b""#, true), (#"{"enum":["a","b"]}"#, #""c""#, false),
            (#"{"const":"a"}"#, #""a""#, true), (#"{"const":"a"}"#, #""b""#, false),
            (#"{"minLength":1,"maxLength":2}"#, #""äö""#, true), (#"{"maxLength":2}"#, #""abc""#, false),
            (#"{"minLength":1}"#, #""""#, false), (#"{"minLength":1}"#, "1", true),
            (#"{"minimum":0,"maximum":2}"#, "2", true), (#"{"minimum":0}"#, "-0.1", false),
            (#"{"maximum":2}"#, "2.1", false), (#"{"exclusiveMinimum":0}"#, "0", false),
            (#"{"pattern":"^[A-Z]+$"}"#, #""AB""#, true), (#"{"pattern":"^[A-Z]+$"}"#, #""Ab""#, false),
            (#"{"format":"date"}"#, #""2024-02-29""#, true), (#"{"format":"date"}"#, #""2023-02-29""#, false),
            (#"{"format":"date"}"#, #""2024-2-29""#, false),
            (#"{"format":"date-time"}"#, #""2024-02-29T01:02:03Z""#, true),
            (#"{"format":"date-time"}"#, #""2024-02-29""#, false),
            (#"{"format":"uuid"}"#, #""019b76da-a800-7c00-8a00-000000000001""#, true),
            (#"{"format":"uuid"}"#, #""019b76da""#, false),
            (#"{"required":["a"]}"#, #"{"a":null}"#, true), (#"{"required":["a"]}"#, #"{"b":1}"#, false),
            (#"{"properties":{"a":{"type":"string"}}}"#, #"{"a":1}"#, false),
            (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"a":1}"#, true),
            (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"b":1}"#, false),
            (##"{"$ref":"#/$defs/x","$defs":{"x":{"type":"null"}}}"##, "null", true),
            (##"{"$ref":"#/$defs/x","$defs":{"x":{"type":"null"}}}"##, "1", false),
            (##"{"$ref":"#/$defs/y"}"##, "1", false), (#"{"unheardOf":1}"#, "1", false),
        ])
    func checks(schema: String, value: String, isValid: Bool) throws {
        let findings = try JSONSchema(Array(schema.utf8)).findings(in: JSONValue(parsing: Array(value.utf8)))
        #expect(findings.isEmpty == isValid, "\(findings)")
    }
}
