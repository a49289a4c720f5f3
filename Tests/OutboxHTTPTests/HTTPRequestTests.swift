import OutboxHTTP
import OutboxTelemetry
import Testing

@Suite struct HTTPRequestTests {
    @Test(
        "Targets are taken apart and decoded",
        arguments: [
            ("/", [], []), ("", [], []), ("/a/b", ["a", "b"], []), ("/a/", ["a", ""], []), ("//a", ["", "a"], []),
            ("/a%2Fb/%E5%B2%97", ["a/b", "岗"], []), ("/a+b?c+d=e+f", ["a+b"], ["c d=e f"]),
            ("/?a=1&b&=x&&a=2=3", [], ["a=1", "b=", "=x", "a=2=3"]), ("/a#f?x=1", ["a"], []),
            ("http://host:80/a?b=c", ["a"], ["b=c"]), ("http://host?b=c", [], ["b=c"]), ("*", [], []),
            ("/a?next=http://b/c", ["a"], ["next=http://b/c"]),
        ] as [(String, [String], [String])])
    func targets(target: String, segments: [String], items: [String]) throws {
        let request = try HTTPRequest(target: target)
        #expect(request.pathSegments == segments)
        #expect(request.queryItems.map { "\($0.name)=\($0.value)" } == items)
    }

    @Test("Targets that are not valid are refused", arguments: ["a", "/%", "/%4", "/%zz", "/%00", "/%FF", "/?a=%C3"])
    func badTargets(target: String) {
        #expect {
            try HTTPRequest(target: target)
        } throws: {
            ($0 as? HTTPError)?.status == .badRequest
        }
    }

    @Test("Headers compare without regard to case and keep their order")
    func headers() {
        var headers: HTTPHeaders = ["A": "1", "b": "2"]
        headers.add("a", "3")
        #expect(headers["a"] == "1")
        #expect(headers.values("A") == ["1", "3"])
        headers["A"] = "4"
        #expect(headers.fields.map(\.name) == ["b", "A"])
        headers["B"] = nil
        #expect(headers.fields.map(\.value) == ["4"])
        #expect(headers["aa"] == nil)
    }

    @Test("The trace is the client's, or a new one where the client's is not valid")
    func trace() throws {
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let request = try HTTPRequest(target: "/", headers: ["Traceparent": header, "tracestate": "a=1"])
        #expect(request.trace.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(request.trace.spanID.description != "00f067aa0ba902b7")
        #expect(request.trace.tracestate == "a=1")
        #expect(try HTTPRequest(target: "/", headers: ["traceparent": "junk"]).trace.isSampled)
    }

    private struct Body: Decodable {
        var name: String
        var count: [Int]
    }

    @Test(
        "Bodies that are not what was asked for are refused, and the place is named",
        arguments: [
            ("{", "not valid JSON"), ("", "not valid JSON"), (#"{"count":[]}"#, #""name" is missing"#),
            (#"{"name":null,"count":[]}"#, #""name" is null"#), (#"{"name":"a","count":[1,"hunter2"]}"#, #""count.1""#),
        ])
    func badBody(body: String, message: String) throws {
        let request = try HTTPRequest(method: "POST", target: "/", body: Array(body.utf8))
        #expect {
            try request.decodeJSON(Body.self)
        } throws: { error in
            guard let error = error as? HTTPError else { return false }
            return error.status == .badRequest && error.message.contains(message) && !error.message.contains("hunter2")
        }
    }

    @Test("A body of another media type is refused")
    func mediaType() throws {
        let request = try HTTPRequest(target: "/", headers: ["content-type": "text/xml"], body: Array("[]".utf8))
        #expect {
            try request.decodeJSON([Int].self)
        } throws: {
            ($0 as? HTTPError)?.status == .unsupportedMediaType
        }
        let json = try HTTPRequest(
            target: "/", headers: ["content-type": "Application/JSON; charset=utf-8"], body: Array("[1]".utf8))
        #expect(try json.decodeJSON([Int].self) == [1])
    }
}
