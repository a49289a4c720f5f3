import Outbox
import Testing

@testable import OutboxConsole

@Suite struct PayloadMaskTests {
    private let mask = PayloadMask(ConsoleConfiguration.defaultMaskedNames)

    @Test("values of secrets' names are masked at any depth, whatever the name's case and separators")
    func nested() {
        let payload: JSONValue = [
            "name": "Ada", "userPassword": "a", "API-Key": "b", "list": [["access_token": 1, "n": 2]],
            "deep": ["secret": ["all": "of it"], "kept": true],
        ]
        #expect(
            mask.masked(payload) == [
                "name": "Ada", "userPassword": "***", "API-Key": "***", "list": [["access_token": "***", "n": 2]],
                "deep": ["secret": "***", "kept": true],
            ])
    }

    @Test("JSON within a string is looked into, and passwords in other texts are masked")
    func texts() {
        let payload: JSONValue = [
            "body": #"{"password":"hunter2","n":1}"#, "url": "postgresql://ada:hunter2@db/x", "text": "{no json",
        ]
        #expect(
            mask.masked(payload) == [
                "body": #"{"n":1,"password":"***"}"#, "url": "postgresql://ada:***@db/x", "text": "{no json",
            ])
    }

    @Test("the names are those that are configured")
    func names() {
        #expect(
            PayloadMask(["Salary"]).masked(["base_salary": 1, "iban": "x"]) == ["base_salary": "***", "iban": "x"])
    }

    @Test("what is nested without end is cut off")
    func depth() {
        var value: JSONValue = ["password": "hunter2"]
        for _ in 0..<500 { value = .array([value]) }
        #expect(!String(decoding: mask.masked(value).serialized(), as: UTF8.self).contains("hunter2"))
    }
}
