import Testing

@testable import IdempotentConsumer

@Suite("Checking JSON text")
struct JSONScannerTests {
    private func isObject(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in (try? JSONScanner.checkObject(bytes)) != nil }
    }

    @Test(
        "objects are taken",
        arguments: [
            "{}", " {\t\r\n} ", #"{"a":1,"b":[],"c":{"d":[1,2,{}]}}"#, #"{"a":-0.5e+10,"b":0,"c":1E5}"#,
            #"{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#, #"{"é":"日本語😀"}"#, #"{"a":true,"b":false,"c":null}"#,
        ])
    func objects(text: String) { #expect(isObject(Array(text.utf8))) }

    @Test(
        "everything else is refused",
        arguments: [
            "", " ", "{", "}", "{,}", #"{"a"}"#, #"{"a":1,}"#, #"{a:1}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":.5}"#,
            #"{"a":+1}"#, #"{"a":1e}"#, #"{"a":tru}"#, #"{"a":"x}"#, #"{"a":"\x"}"#, #"{"a":"\u12g4"}"#,
            "{\"a\":\"\u{1}\"}", #"{"a":[1,]}"#, #"{"a":[1 2]}"#, #"{"a":1}{"#, "[]", "1", #""x""#, "null", #"{'a':1}"#,
            #"{"a":NaN}"#, #"{"a":-}"#,
        ])
    func refused(text: String) { #expect(!isObject(Array(text.utf8))) }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) { #expect(!isObject(Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8))) }

    @Test("nesting is taken up to a limit, and refused beyond it without harm")
    func nesting() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((#"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}").utf8)
        }
        #expect(isObject(nested(JSONScanner.maximumDepth - 1)))
        #expect(!isObject(nested(JSONScanner.maximumDepth)))
        #expect(!isObject(nested(1_000_000)))
    }

    @Test(
        "a string member is found",
        arguments: [
            (#"{"name":"x"}"#, "x"), (#"{"a":{"name":"y"},"name":"x"}"#, "x"), (#"{"name":"y","name":"x"}"#, "x"),
            (#"{"name":"\u0078"}"#, "x"), (#"{"name":"\ud83d\ude00\n"}"#, "😀\n"), (#"{"name":1}"#, nil),
            (#"{"name":"\ud83d"}"#, nil), (#"{"other":"x"}"#, nil), (#"{}"#, nil), (#"{"name":""}"#, ""),
        ] as [(String, String?)])
    func members(text: String, expected: String?) {
        #expect(Array(text.utf8).withUnsafeBytes { JSONScanner.string("name", in: $0) } == expected)
    }
}
