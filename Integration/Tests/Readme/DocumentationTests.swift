import FoundationEssentials
import Servers
import Testing

@Suite struct DocumentationTests {
    @Test("the documentation builds without a warning, with a page for each article and each library")
    func site() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let build = try ChildProcess(
            "python3", ["\(Checkout.path)/Integration/Documentation/build.py", "--output", "\(folder.path)/site"])
        try await build.waitForSuccess(within: .seconds(180))
        let pages = ["outbox", "outboxdispatcher", "idempotentconsumer", "querycache", "querycacheredis"]
        let articles = try Readme.articles().map { "swiftoutbox/\($0.lowercased())" }
        #expect(articles.count > 10)
        for page in pages + ["outboxtelemetry", "libpq"] + articles where page != "swiftoutbox/swiftoutbox" {
            let path = "\(folder.path)/site/documentation/\(page)/index.html"
            #expect(FileManager.default.fileExists(atPath: path), "no page \(page)")
        }
    }

    @Test("every alert has a section in the runbook")
    func alerts() throws {
        let rules = try Data(contentsOf: URL(filePath: "\(Checkout.path)/compose/prometheus/alerts.yaml"))
        let names = String(decoding: rules, as: UTF8.self).matches(of: /- alert: (\w+)/).map { String($0.output.1) }
        #expect(names.count > 10)
        let headings = try Readme(article: "Alerts").headings
        for name in names { #expect(headings.contains(Self.kebab(name)), "Alerts.md has no section for \(name)") }
    }

    @Test("every trouble of the first day has a section: what you see, why, how to mend it, and how to see that")
    func troubles() throws {
        let troubles = try Readme(article: "Troubles")
        let text = troubles.lines.joined(separator: "\n")
        for id in [
            "table-missing", "role-without-rights", "broker-down", "wrong-port", "topic-missing", "topic-too-small",
            "poisoned-event", "old-schema", "consumer-stopped", "disk-full",
        ] {
            #expect(troubles.headings.contains(id))
            let section = text.split(separator: "\n## \(id)\n").last?.split(separator: "\n## ").first ?? ""
            for part in ["**You see**", "**Why**", "**Mend it**", "**Mended**"] {
                #expect(section.contains(part), "\(id) lacks \(part)")
            }
        }
    }

    @Test("whatever outbox doctor finds has a section")
    func findings() throws {
        let source = "\(Checkout.path)/Sources/OutboxDoctor/Findings/FindingID.swift"
        let text = String(decoding: try Data(contentsOf: URL(filePath: source)), as: UTF8.self)
        // Those without a text of their own, and this one, name what is in order.
        let ids = text.matches(of: /case \w+ = "([a-z-]+)"/).map { String($0.output.1) }.filter { $0 != "read-model" }
        #expect(ids.count > 20)
        let headings = try Readme(article: "Troubles").headings
        for id in ids { #expect(headings.contains(id), "Troubles.md has no section \(id)") }
    }

    @Test("what the README links to is there")
    func links() throws {
        let readme = try Readme(file: "README.md")
        let links = readme.lines.flatMap { $0.matches(of: /\]\(([A-Za-z][\w.\/-]*)(?:#([\w-]+))?\)/) }
        #expect(links.count > 5)
        for link in links {
            let path = "\(Checkout.path)/\(link.output.1)"
            #expect(FileManager.default.fileExists(atPath: path), "no \(link.output.1)")
            guard let anchor = link.output.2 else { continue }
            let headings = try Readme(file: String(link.output.1)).headings
            let anchors = headings.map { $0.lowercased().replacing(" ", with: "-") }
            #expect(anchors.contains(String(anchor)), "\(link.output.1) has no section \(anchor)")
        }
    }

    /// `OutboxEventsWait` as `outbox-events-wait`.
    private static func kebab(_ name: String) -> String {
        name.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined().drop { $0 == "-" }.description
    }
}
