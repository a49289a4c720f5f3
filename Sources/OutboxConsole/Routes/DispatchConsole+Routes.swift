import FoundationEssentials
import Outbox
package import OutboxHTTP

extension DispatchConsole {
    /// Adds the page and what it asks for.
    package func addRoutes(to router: inout HTTPRouter) {
        func get(_ pattern: String, _ handler: @escaping HTTPRouter.Handler) { router.get(pattern, guarded(handler)) }
        func post(_ pattern: String, _ handler: @escaping HTTPRouter.Handler) { router.post(pattern, guarded(handler)) }
        get("/") { _ in .bytes(ConsolePage.index, contentType: "text/html; charset=utf-8") }
        for (name, bytes) in ConsolePage.styles {
            get("/console/\(name)") { _ in .bytes(bytes, contentType: "text/css; charset=utf-8") }
        }
        for (name, bytes) in ConsolePage.scripts {
            get("/console/\(name)") { _ in .bytes(bytes, contentType: "text/javascript; charset=utf-8") }
        }
        get("/console/state") { _ in
            await poller.refresh(ifOlderThan: .milliseconds(900))
            return .json(Array(await board.state.utf8))
        }
        get("/console/events") { _ in try await events() }
        get("/console/held", heldPage)
        get("/console/event/{sequence}", event)
        get("/console/dead", deadEvent)
        addOperations(post)
    }

    /// What all answers have in common.
    private func guarded(_ handler: @escaping HTTPRouter.Handler) -> HTTPRouter.Handler {
        let hosts = HostCheck(host: configuration.host)
        return { request in
            var response: HTTPResponse
            do {
                try hosts.check(request.headers)
                response = try await handler(request)
            } catch let error as HTTPError {
                response = .error(error.status, error.message)
                for field in error.headers.fields { response.headers.add(field.name, field.value) }
            }
            for (name, value) in Self.headers { response.headers[name] = value }
            return response
        }
    }

    private static let headers = [
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    ]

    /// Server-sent events: each section, and again whenever it changes.
    private func events() async throws -> HTTPResponse {
        let watcher = try await board.join()
        await poller.watch()
        return .stream(contentType: "text/event-stream", isEndless: true) { [board] writer in
            var version = 0
            try await writer.write("retry: 3000\n\n")
            for await _ in watcher.changes {
                let (sections, latest) = await board.changes(since: version)
                version = latest
                let text = sections.map { "event: \($0.rawValue)\ndata: \($1)\n\n" }.joined()
                try await writer.write(text)
            }
        }
    }

    /// A page of the aggregates on hold: those before the sequence `before`.
    private func heldPage(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let before = request.query("before").flatMap({ Int64($0) }) else {
            throw HTTPError(.badRequest, "Say before which sequence: /console/held?before=1234")
        }
        return try await reading {
            let entries = try await sources.outbox.held(before: before)
            let counts = try? await sources.outbox.waiting(behind: entries.map(\.sequence))
            let counted = counts == nil ? [] : Set(entries.map(\.sequence))
            return .json(
                Array(try ConsoleJSON.text(HeldSection(entries, waiting: counts, counted: counted)).utf8))
        }
    }
}
