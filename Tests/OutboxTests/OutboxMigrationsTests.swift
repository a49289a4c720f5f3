import LibPQ
import Testing

@testable import Outbox

@Suite("Migrations")
struct OutboxMigrationsTests {
    @Test("versions count from 1 without gaps, and every step has its way back")
    func versions() {
        let migrations = OutboxMigrations.migrator.migrations
        #expect(migrations.map(\.version) == Array(1...migrations.count))
        #expect(migrations.allSatisfy { !$0.up.isEmpty && !$0.down.isEmpty })
    }

    @Test("the script holds every step and the lanes' index")
    func script() {
        let script = OutboxMigrations.script(lanes: 128)
        for migration in OutboxMigrations.migrator.migrations { #expect(script.contains(migration.up)) }
        #expect(script.contains("outbox_events_lane_128_idx"))
        #expect(script.contains("generate_series(0, 127)"))
    }
}
