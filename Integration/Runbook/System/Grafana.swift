import Outbox
import Servers

/// What the runbook has to do with Grafana.
struct Grafana {
    /// A panel of a dashboard.
    struct Panel {
        let dashboard, uid, title: String
        let id: Int64
    }

    let client: HTTPClient

    /// The first panel with a graph on the first dashboard that has to do with the outbox.
    func panel() async throws -> Panel? {
        for found in try await json("/api/search?type=dash-db&query=outbox").elements {
            guard let uid = found["uid"]?.stringValue else { continue }
            let panels = try await json("/api/dashboards/uid/\(uid)").at("dashboard.panels")?.elements ?? []
            for panel in panels where panel["type"] == "timeseries" {
                guard let id = panel["id"]?.integerValue else { continue }
                return Panel(
                    dashboard: found["title"]?.stringValue ?? uid, uid: uid, title: panel["title"]?.stringValue ?? "",
                    id: id)
            }
        }
        return nil
    }

    /// Whether pictures can be made. Without its image renderer Grafana draws one that says so.
    func canDraw() async throws -> Bool {
        try await json("/api/frontend/settings")["rendererAvailable"] == true
    }

    /// A picture of a panel, of the last quarter of an hour.
    func picture(of panel: Panel) async throws -> [UInt8] {
        let path = "/render/d-solo/\(panel.uid)/_"
        let answer = try await client.get(
            "\(path)?orgId=1&panelId=\(panel.id)&from=now-15m&to=now&tz=UTC&width=1000&height=500")
        guard answer.status == 200 else {
            throw ServerError(.unreachable, "Grafana answered \(answer.status) to GET \(path)")
        }
        return answer.body
    }

    static func isPNG(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) && bytes.count > 1000
    }

    private func json(_ path: String) async throws -> JSONValue {
        let answer = try await client.get(path)
        guard answer.status == 200 else {
            throw ServerError(.unreachable, "Grafana answered \(answer.status) to GET \(path)")
        }
        return try JSONValue(parsing: answer.body)
    }
}
