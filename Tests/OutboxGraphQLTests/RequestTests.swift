import LibrarySchema
import OutboxGraphQL
import Testing

@Suite("request")
struct RequestTests {
    @Test("query, operation name and variables are read from JSON")
    func reads() throws {
        let json = #"{"query":"{a}","operationName":"Q","variables":{"a":[1,2.5,"x",true,null,{"b":1.0}]},"more":0}"#
        let expected = GraphQLRequest(
            query: "{a}", operationName: "Q", variables: ["a": [1, 2.5, "x", true, nil, ["b": 1]]])
        #expect(try GraphQLRequest(json: json.utf8) == expected)
        #expect(
            try GraphQLRequest(json: #"{"query":"{a}","operationName":null,"variables":null}"#.utf8)
                == GraphQLRequest(query: "{a}"))
        #expect(
            try GraphQLRequest(query: "{a}", operationName: nil, variablesJSON: #"{"b":"c"}"#.utf8)
                == GraphQLRequest(query: "{a}", variables: ["b": "c"]))
    }

    @Test(
        "what is no request says why",
        arguments: [
            ("", "the body must be a JSON object"), ("{", "the body must be a JSON object"),
            ("[]", "the body must be a JSON object"), (#""query""#, "the body must be a JSON object"),
            ("{}", "the member query must be a string"), (#"{"query":1}"#, "the member query must be a string"),
            (#"{"query":"","operationName":1}"#, "the member operationName must be a string"),
            (#"{"query":"","variables":[]}"#, "the variables must be a JSON object"),
            (#"{"query":"","variables":"{}"}"#, "the variables must be a JSON object"),
            (
                #"{"query":"","variables":\#(String(repeating: #"{"a":"#, count: 400))1\#(String(repeating: "}", count: 400))}"#,
                "the body must be a JSON object, nested no deeper than 64"
            ),
            (String(repeating: "[", count: 100_000), "the body must be a JSON object, nested no deeper than 64"),
        ])
    func refuses(json: String, message: String) {
        do {
            _ = try GraphQLRequest(json: json.utf8)
            Issue.record("this was read: \(json.prefix(80))")
        } catch {
            #expect(error.code == .request)
            #expect(error.message.hasPrefix(message))
        }
    }

    @Test("an answer's text is JSON whatever is in its strings")
    func escapes() {
        let value: GraphQLValue = ["a\"\\\u{1}\u{1F}\n\u{8}\u{C}": ["é😀\u{2028}", -1, 1e300, false, nil, [:], []]]
        #expect(
            String(decoding: value.serialized(), as: UTF8.self)
                == #"{"a\"\\\u0001\u001f\n\b\f":["é😀"# + "\u{2028}" + #"",-1,1e+300,false,null,{},[]]}"#)
    }
}
