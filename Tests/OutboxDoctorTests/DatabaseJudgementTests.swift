import Testing

@testable import OutboxDoctor

@Suite("Doctor: database")
struct DatabaseJudgementTests {
    private static let refused =
        "connection to server at \"db\" (10.0.0.7), port 5432 failed: Connection refused"

    private func id(
        _ message: String, _ sqlState: String? = nil, service: PortProbe.Service? = nil, otherPort: Int? = nil
    ) -> FindingID {
        var refusal = DatabaseRefusal(message: message, sqlState: sqlState)
        refusal.address = DatabaseRefusal.address(in: message)
        refusal.service = service
        refusal.otherPort = otherPort
        return refusal.finding(in: .database, setting: "DATABASE_URL").id
    }

    @Test("a refusal is told by what server or client said, and by what listens")
    func refusals() {
        #expect(id(Self.refused) == .databaseDown)
        #expect(id(Self.refused, otherPort: 5433) == .wrongPort)
        #expect(id("server closed the connection", service: .http) == .wrongPort)
        #expect(id("password authentication failed for user \"x\"", "28P01") == .loginRefused)
        #expect(id("no pg_hba.conf entry for host", "28000") == .loginRefused)
        #expect(id("database \"shop\" does not exist", "3D000") == .databaseMissing)
        #expect(id("sorry, too many clients already", "53300") == .connectionsUsedUp)
        #expect(id("could not translate host name \"x\" to address") == .hostUnknown)
        #expect(id("server does not support SSL, but SSL was required") == .tls)
    }

    @Test("the database that is missing is named in the command that makes it")
    func missingDatabase() {
        let refusal = DatabaseRefusal(message: "database \"shop\" does not exist", sqlState: "3D000")
        let finding = refusal.finding(in: .database, setting: "DATABASE_URL")
        #expect(finding.commands.contains("createdb shop"))
    }

    @Test("address and port come out of libpq's words")
    func address() {
        #expect(DatabaseRefusal.address(in: Self.refused) == ServerAddress(host: "db", port: 5432))
        #expect(DatabaseRefusal.address(in: "timeout expired") == nil)
        let url = "postgresql://me:p%40ss@db:6543,other:1/shop?sslmode=require"
        #expect(DatabaseRefusal.address(of: url) == ServerAddress(host: "db", port: 6543))
        #expect(DatabaseRefusal.address(of: "postgresql:///shop") == nil)
    }

    @Test("an old server, a standby and a clock that differs")
    func server() {
        var facts = ServerFacts(version: 130_004, versionText: "13.4", database: "d", role: "r")
        #expect(facts.findings(in: .database).map(\.id) == [.database, .serverTooOld, .clock])
        facts.version = 140_000
        facts.isStandby = true
        facts.clockAheadSeconds = -30
        let findings = facts.findings(in: .database)
        #expect(findings.map(\.id) == [.database, .readOnlyServer, .clockDiffers])
        #expect(findings[2].severity == .warning && findings[2].seen.contains("30 s behind"))
        // As much as the question took says nothing.
        facts.clockErrorSeconds = 30
        #expect(facts.findings(in: .database).last?.id == .clock)
    }

    @Test("what holds vacuum back: long transactions, prepared ones, slots that nobody reads")
    func sessions() {
        var facts = SessionsFacts()
        #expect(facts.findings(role: "r").map(\.id) == [.sessions])
        facts.transactions = [
            .init(processID: 7, role: "ada", application: "psql", seconds: 3600, isIdle: true),
            .init(processID: 8, role: "ada", application: "", seconds: 2, isIdle: false),
        ]
        facts.prepared = [.init(name: "it's", seconds: 900)]
        facts.slots = [
            .init(name: "used", isActive: true, keptBytes: 1 << 40, holdsBackRows: true),
            .init(name: "left", isActive: false, keptBytes: 5, holdsBackRows: true),
        ]
        facts.hidden = 3
        let findings = facts.findings(role: "Reader")
        #expect(findings.map(\.id) == [.longTransaction, .longTransaction, .replicationSlot, .notAllowedToLook])
        #expect(findings[0].commands == ["psql \"$DATABASE_URL\" -c 'SELECT pg_terminate_backend(7)'"])
        #expect(findings[1].commands[0].contains("ROLLBACK PREPARED"))
        #expect(findings[2].seen.contains("left"))
        #expect(findings[3].commands[0].contains("TO \"Reader\""))
    }

    @Test("dead rows are a trouble when they are many and most")
    func deadRows() {
        let schema = SchemaFacts()
        #expect(VacuumFacts(live: 10, dead: 90_000).findings(schema: schema).map(\.id) == [.vacuum])
        #expect(VacuumFacts(live: 900_000, dead: 200_000).findings(schema: schema).map(\.id) == [.vacuum])
        #expect(VacuumFacts(live: 100, dead: 200_000).findings(schema: schema).map(\.id) == [.deadRows])
        #expect(VacuumFacts(isAutovacuumOn: false).findings(schema: schema).map(\.severity) == [.warning])
    }

    @Test("a disk that takes nothing, one that is nearly full, and one that nobody may try")
    func disk() {
        #expect(DiskFacts(refusal: "could not extend file").findings().map(\.severity) == [.error])
        let nearly = DiskFacts(freeBytes: 1 << 30, totalBytes: 100 << 30, folder: "/data").findings()
        #expect(nearly.map(\.id) == [.diskFull] && nearly.map(\.severity) == [.warning])
        #expect(DiskFacts(isForbidden: true).findings().map(\.id) == [.notAllowedToLook])
        #expect(DiskFacts(freeBytes: 50 << 30, totalBytes: 100 << 30, folder: "/data").findings().map(\.id) == [.disk])
    }
}
