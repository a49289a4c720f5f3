import Outbox
import OutboxHTTP
import Testing

@testable import OutboxConsole

@Suite struct OperatorTests {
    private static let secret = "0123456789abcdef"

    @Test("a token is at least 16 characters that can stand in a header")
    func tokens() throws {
        #expect(OperatorToken("0123456789abcde") == nil)
        #expect(OperatorToken("0123456789 abcdef") == nil)
        #expect(OperatorToken("0123456789äöüßabc") == nil)
        #expect("\(try #require(OperatorToken(Self.secret)))" == "***")
    }

    @Test(
        "only the token itself matches",
        arguments: [
            "", "0", "0123456789abcde", "0123456789abcdeF", "0123456789abcdef0", "0123456789abcdef0123456789abcdef",
        ])
    func others(text: String) throws {
        let token = try #require(OperatorToken(Self.secret))
        #expect(token.matches(Self.secret))
        #expect(!token.matches(text))
    }

    private func request(_ headers: HTTPHeaders, client: String = "10.0.0.1") throws -> HTTPRequest {
        var headers = headers
        headers["Host"] = "localhost:9464"
        return try HTTPRequest(method: "POST", target: "/console/retry", headers: headers, clientAddress: client)
    }

    private func status(_ door: OperatorDoor, _ request: HTTPRequest, now: ContinuousClock.Instant = .now)
        -> HTTPStatus?
    {
        do throws(HTTPError) {
            try door.check(request, now: now)
            return nil
        } catch {
            return error.status
        }
    }

    @Test("without a token in the configuration nobody is let in, with one only who shows it from our own page")
    func door() throws {
        let right = try request(["Authorization": "Bearer \(Self.secret)"])
        #expect(status(OperatorDoor(token: nil), right) == .notFound)
        let door = OperatorDoor(token: OperatorToken(Self.secret))
        #expect(status(door, right) == nil)
        #expect(status(door, try request([:])) == .unauthorized)
        #expect(status(door, try request(["Authorization": Self.secret])) == .unauthorized)
        var foreign = right
        foreign.headers["Origin"] = "http://evil.example"
        #expect(status(door, foreign) == .forbidden)
        foreign.headers["Origin"] = "http://localhost:9464"
        #expect(status(door, foreign) == nil)
        foreign.headers["Sec-Fetch-Site"] = "cross-site"
        #expect(status(door, foreign) == .forbidden)
    }

    @Test("who shows wrong tokens must wait, ever longer, up to half a minute; others need not")
    func guessing() throws {
        let door = OperatorDoor(token: OperatorToken(Self.secret))
        let right = try request(["Authorization": "Bearer \(Self.secret)"])
        let wrong = try request(["Authorization": "Bearer 0123456789abcdeX"])
        var now = ContinuousClock.now
        for _ in 0..<3 { #expect(status(door, wrong, now: now) == .unauthorized) }
        #expect(status(door, right, now: now) == .tooManyRequests)
        #expect(
            status(door, try request(["Authorization": "Bearer \(Self.secret)"], client: "10.0.0.2"), now: now) == nil)
        for _ in 0..<20 {
            now += .seconds(31)
            #expect(status(door, wrong, now: now) == .unauthorized)
        }
        #expect(status(door, right, now: now + .seconds(29)) == .tooManyRequests)
        #expect(status(door, right, now: now + .seconds(31)) == nil)
        #expect(status(door, wrong, now: now + .seconds(31)) == .unauthorized)
    }

    @Test("a flood of clients takes bounded memory, and is slowed down all together")
    func flood() {
        var attempts = FailedAttempts()
        let now = ContinuousClock.now
        for client in 0..<10_000 { attempts.failed("client \(client)", now: now) }
        #expect(attempts.wait(for: "one more", now: now) != nil)
    }

    @Test("a request says who asks, and which events in exactly one way")
    func requests() throws {
        func parse(_ json: String) throws -> OperatorRequest {
            try HTTPRequest(target: "/", body: Array(json.utf8)).decodeJSON(OperatorRequest.self)
        }
        let good = try parse(#"{"operator":" ada ","aggregateType":"position","aggregateID":"P1","reason":"  "}"#)
        #expect(try good.actor() == "ada")
        #expect(try good.checkedReason() == nil)
        #expect(try good.selection() == .aggregate(type: "position", id: "P1"))
        for bad in [#"{"operator":"a"}"#, #"{"operator":"a","all":true,"aggregateType":"t","aggregateID":"i"}"#] {
            #expect(throws: HTTPError.self) { try parse(bad).selection() }
        }
        for bad in [#"{"operator":"  "}"#, #"{"operator":"a\nb"}"#] {
            #expect(throws: HTTPError.self) { try parse(bad).actor() }
        }
    }
}
