import Foundation
import OutboxTelemetry
import Testing

@Suite struct LogHandlerTests {
    private let collector = LineCollector()

    @Test(
        "logfmt quotes and escapes what could forge a line or talk to the terminal",
        arguments: [
            ("plain", "plain"), ("a/b:c@d", "a/b:c@d"), ("", #""""#), ("two words", #""two words""#),
            ("a=b", #""a=b""#), (#"say "hi""#, #""say \"hi\"""#), (#"back\slash"#, #""back\\slash""#),
            ("x\nlevel=error msg=forged", #""x\nlevel=error msg=forged""#), ("\r\t", #""\r\t""#),
            ("\u{1B}[31mred", #""\u001b[31mred""#), ("\u{0}", #""\u0000""#), ("\u{7F}\u{9B}", #""\u007f\u009b""#),
            ("\u{202E}gnp", #""\u202egnp""#), ("\u{2028}", #""\u2028""#), ("岗位", #""岗位""#),
            ("\u{E0041}", #""\udb40\udc41""#),
        ])
    func escaping(text: String, expected: String) {
        collector.logfmt().info("m", metadata: ["v": .string(text)])
        #expect(collector.lastMessage == "msg=m v=\(expected)\n")
    }

    @Test("logfmt flattens dictionaries and repairs keys")
    func nesting() {
        collector.logfmt().info(
            "m", metadata: ["a": ["b": ["c": 1], "d": [1, "x y"]], "bad key\n=": true, "": "e", "msg": "mine"])
        #expect(collector.lastMessage == "msg=m _=e a.b.c=1 a.d=\"[1, x y]\" bad_key__=true metadata.msg=mine\n")
    }

    @Test("Every line is one line, whatever is in it")
    func oneLine() {
        let hostile = "a\n\r\u{85}\u{2028}\u{2029}\u{0B}\u{0C}b"
        for logger in [collector.logfmt(), collector.json()] {
            logger.info("\(hostile)", metadata: ["\(hostile)": "\(hostile)"])
        }
        for line in collector.lines {
            #expect(line.split(whereSeparator: \.isNewline).count == 1)
            #expect(line.hasSuffix("\n"))
        }
    }

    @Test("JSON lines parse, keep types and nesting, and don't lose metadata with a reserved name")
    func json() throws {
        collector.json().error(
            "say \"hi\"\n\u{0}\u{1F600}",
            metadata: ["n": 5, "d": 0.5, "b": true, "s": "x", "l": [1, "y"], "o": ["k": 2], "level": "mine"])
        let line = try #require(collector.lines.first)
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(parsed["message"] as? String == "say \"hi\"\n\u{0}\u{1F600}")
        #expect(parsed["level"] as? String == "error")
        #expect(parsed["logger"] as? String == "test")
        #expect(parsed["metadata.level"] as? String == "mine")
        #expect(line.contains(#""n":5,"#))
        #expect(line.contains(#""d":0.5,"#))
        #expect(line.contains(#""b":true,"#))
        #expect(line.contains(#""l":[1,"y"],"#))
        #expect(line.contains(#""o":{"k":2}"#))
        let time = try #require(parsed["time"] as? String)
        #expect(time.count == 24)
        #expect(time.hasSuffix("Z"))
    }

    @Test("Numbers that JSON does not have become texts")
    func notFinite() throws {
        collector.json().info(
            "m", metadata: ["a": .stringConvertible(Double.nan), "b": .stringConvertible(Double.infinity)])
        let line = try #require(collector.lines.first)
        #expect(line.contains(#""a":"nan","b":"inf""#))
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }

    @Test("A very long value is cut")
    func long() {
        collector.logfmt().info("m", metadata: ["v": .string(String(repeating: "x", count: 1_000_000))])
        #expect(collector.lastMessage.utf8.count < 17_000)
        #expect(collector.lastMessage.hasSuffix("…\"\n"))
    }

    @Test(
        "Times are RFC 3339 in UTC",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"), (951_782_400, 1_999_999, "2000-02-29T00:00:00.001Z"),
            (-1, 0, "1969-12-31T23:59:59.000Z"), (1_772_357_400, 125_000_000, "2026-03-01T09:30:00.125Z"),
            (4_107_542_399, 999_999_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, Int32, String)])
    func time(seconds: Int64, nanoseconds: Int32, expected: String) {
        #expect(LogTime(secondsSinceEpoch: seconds, nanoseconds: nanoseconds).description == expected)
    }

    @Test("A line to a file descriptor arrives whole, and a closed pipe harms nobody")
    func fileDescriptor() throws {
        let pipe = Pipe()
        let output = LogOutput(fileDescriptor: pipe.fileHandleForWriting.fileDescriptor)
        Logger(label: "test", handler: LogfmtHandler(output: output)).info("here")
        let data = pipe.fileHandleForReading.availableData
        #expect(String(decoding: data, as: UTF8.self).hasSuffix("level=info logger=test msg=here\n"))
        Logger(label: "test", handler: LogfmtHandler(output: LogOutput(fileDescriptor: -1))).info("nowhere")
    }
}
