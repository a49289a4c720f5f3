import Testing

@testable import OutboxDispatcher

@Suite("Headers of a row")
struct FlatHeadersTests {
    private func read(_ text: String) -> (isObject: Bool, members: [String: String?]) {
        var members: [String: String?] = [:]
        let bytes = Array(text.utf8)
        let isObject = bytes.withUnsafeBytes { buffer in
            var reader = FlatHeaders(buffer)
            return reader.forEach { name, value in
                members[String(decoding: name, as: UTF8.self)] = .some(
                    value.map { String(decoding: $0, as: UTF8.self) })
            }
        }
        return (isObject, members)
    }

    @Test(
        "strings come as what they stand for, all else as its JSON text",
        arguments: [
            (#"{}"#, [:]),
            (#"{"a": "b"}"#, ["a": "b"]),
            (#"{"a": "b", "c": "d\"e\\f\n\té"}"#, ["a": "b", "c": "d\"e\\f\n\té"]),
            (#"{"a": "😀"}"#, ["a": "😀"]),
            (
                #"{"n": 1.5, "t": true, "o": {"x": [1, "},"]}, "l": [1, 2]}"#,
                [
                    "n": "1.5", "t": "true", "o": #"{"x": [1, "},"]}"#, "l": "[1, 2]",
                ]
            ),
            (#"{"": ""}"#, ["": ""]),
        ] as [(String, [String: String])])
    func members(text: String, expected: [String: String]) {
        let (isObject, members) = read(text)
        #expect(isObject)
        #expect(members == expected.mapValues { .some($0) })
    }

    @Test("null is a header without a value")
    func null() {
        let (isObject, members) = read(#"{"a": null}"#)
        #expect(isObject)
        #expect(members.count == 1)
        #expect(members["a"] == .some(nil))
    }

    @Test(
        "text that is no object, or ends early, is recognised",
        arguments: [
            "", "[]", "null", "{", #"{"a"#, #"{"a""#, #"{"a":"#, #"{"a": "b"#, #"{"a": "b\"#, #"{"a": "\u12"#,
            #"{"a": 1"#,
        ])
    func broken(text: String) {
        #expect(!read(text).isObject)
    }
}
