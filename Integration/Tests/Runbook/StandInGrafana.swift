import OutboxHTTP
import OutboxTelemetry
import Servers

/// Answers what the runbook asks Grafana, in Grafana's form.
struct StandInGrafana {
    static let token = "glsa_stand_in"
    /// The signature of a PNG, and as many bytes as make a picture.
    private static let picture: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 0, count: 2000)

    let address: String
    private let server: HTTPServer

    static func start(canDraw: Bool) throws -> StandInGrafana {
        var router = HTTPRouter()
        router.use { request, next in
            guard request.headers["Authorization"] == "Bearer \(token)" else { throw HTTPError(.unauthorized, "") }
            return try await next(request)
        }
        router.get("/api/search") { request in
            .json(Array(request.query("query") == "outbox" ? #"[{"uid": "o1", "title": "Outbox"}]"#.utf8 : "[]".utf8))
        }
        router.get("/api/dashboards/uid/o1") { _ in
            .json(
                Array(
                    #"""
                    {"dashboard": {"uid": "o1", "panels": [
                        {"id": 1, "type": "row", "title": "Dispatcher"}, {"id": 7, "type": "timeseries", "title": "Events"}
                    ]}}
                    """#.utf8))
        }
        router.get("/api/frontend/settings") { _ in .json(Array(#"{"rendererAvailable": \#(canDraw)}"#.utf8)) }
        router.get("/render/d-solo/o1/{slug}") { request in
            guard request.query("panelId") == "7" else { throw HTTPError(.notFound, "there is no such panel") }
            return .bytes(picture, contentType: "image/png")
        }
        let server = HTTPServer(
            address: .loopback(port: 0), router: router,
            logger: Logger(label: "grafana", handler: LogfmtHandler(output: LogOutput { _ in })))
        return StandInGrafana(address: "\(try server.start())", server: server)
    }

    func stop() async { await server.stop() }
}
