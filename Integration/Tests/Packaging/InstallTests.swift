import Foundation
import LibPQ
import Servers
import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite("Packaging: the package on a copy of the system", .requiresCopyOfSystem, .serialized)
struct InstallTests {
    @Test(
        "it is installed, carries an event as its unit says, is upgraded, removed, and purged without a trace",
        .requiresBroker)
    func installed() async throws {
        let copy = try SystemCopy()
        try copy.add(try await BuiltPackage.shared())
        try await copy.run("dpkg --no-triggers --install /mnt/outbox.deb")
        let unit = try await copy.run("cat /lib/systemd/system/outbox-dispatcher.service")
        try await copy.run("test -L /etc/systemd/system/multi-user.target.wants/outbox-dispatcher.service")

        // Not configured: skipped, not failed.
        let condition = try copy.start(try Self.value("ExecCondition", of: unit).replacing("$$", with: "$"))
        #expect(try await condition.waitForExit(within: .seconds(60)) == .exited(1))
        #expect(condition.output.text.contains("DATABASE_URL is not set"))

        let servers = try await ToolServers.start(name: "p\(UUID().uuidString.prefix(8).lowercased())")
        try copy.write(Self.settings(for: servers), to: "settings")
        try await copy.run("cat /mnt/settings >>/etc/default/outbox")
        let settingsFile = copy.path(of: "/etc/default/outbox")
        let configured = try Data(contentsOf: URL(filePath: settingsFile))

        // As the manager does it: settings read by root, the program run as nobody without any capability.
        func command(_ program: String) throws -> String {
            let user = "setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --bounding-set=-all"
            let file = try Self.value("EnvironmentFile", of: unit)
            return "umask 0077; set -a; . \(file); set +a; exec \(user) \(program)"
        }
        try await copy.run(try command("outbox migrate"))
        try await copy.run(try command("outbox topics --create --types position --partitions 1"))
        let dispatcher = try copy.start(try command(try Self.value("ExecStart", of: unit)))
        try await dispatcher.waitUntilReady()
        let database = try await TestDatabase.make(url: servers.commandURL, migrate: false)
        try await database.save([try TestDatabase.event()])
        try await eventually(within: .seconds(60), "the event is published") {
            try await database.count("published") == 1
        }
        dispatcher.send(SIGTERM)
        #expect(try await dispatcher.waitForExit(within: .seconds(60)) == .exited(0))
        await database.pool.close()

        // An upgrade keeps the settings, and so does a removal.
        try await copy.run("dpkg --no-triggers --install /mnt/outbox.deb")
        #expect(try Data(contentsOf: URL(filePath: settingsFile)) == configured)
        try await copy.run("dpkg --no-triggers --remove outbox")
        #expect(try copy.changes().filter { !$0.hasPrefix("etc/") } == [])
        #expect(try Data(contentsOf: URL(filePath: settingsFile)) == configured)
        try await copy.run("dpkg --no-triggers --purge outbox")
        #expect(try copy.changes() == [])
    }

    @Test(
        "systemd runs its service under all its restrictions: not before it is configured, and again when it is killed",
        .requires(program: "systemd-nspawn"), .requiresBroker)
    func service() async throws {
        let servers = try await ToolServers.start(name: "p\(UUID().uuidString.prefix(8).lowercased())")
        try await servers.prepare(aggregateTypes: ["position"])
        let database = try await TestDatabase.make(url: servers.commandURL, migrate: false)
        try await database.save([try TestDatabase.event()])
        let copy = try SystemCopy()
        try copy.write(Self.settings(for: servers), to: "settings")
        try copy.add(try await BuiltPackage.shared())
        // Images of containers forbid to start services by a file policy-rc.d.
        let system = try copy.boot(
            """
            rm -f /usr/sbin/policy-rc.d
            dpkg --no-triggers --install /mnt/outbox.deb
            test "$(systemctl is-active outbox-dispatcher)" = inactive
            cat /mnt/settings >>/etc/default/outbox
            systemctl start outbox-dispatcher
            until test -e /mnt/published; do sleep 0.1; done
            kill -9 "$(systemctl show --property MainPID --value outbox-dispatcher)"
            while systemctl is-active outbox-dispatcher; do sleep 0.1; done
            until systemctl is-active outbox-dispatcher; do sleep 0.1; done
            dpkg --no-triggers --install /mnt/outbox.deb
            systemctl is-active outbox-dispatcher
            dpkg --no-triggers --remove outbox
            test "$(systemctl is-active outbox-dispatcher)" = inactive
            ! journalctl --unit outbox-dispatcher | grep -i 'failed to set\\|stop.*timed out'
            """)
        try await eventually(within: .seconds(60), "the service publishes the event") {
            guard system.isRunning else { throw ServerError(.exited, copy.bootLog) }
            return try await database.count("published") == 1
        }
        try copy.write("", to: "published")
        #expect(try await system.waitForExit(within: .seconds(120)).isSuccess, "\(copy.bootLog)")
        await database.pool.close()
    }

    @Test(
        "its units are what systemd takes, and leave the service next to nothing to harm",
        .requires(program: "systemd-analyze"))
    func units() async throws {
        let copy = try SystemCopy()
        try copy.add(try await BuiltPackage.shared())
        try await copy.run("dpkg --no-triggers --install /mnt/outbox.deb")
        let units = "/lib/systemd/system/outbox-dispatcher.service /lib/systemd/system/outbox-dispatcher@one.service"
        try await copy.run("cd /lib/systemd/system && cp outbox-dispatcher@.service outbox-dispatcher@one.service")
        let verify = try copy.start("systemd-analyze verify --man=no \(units) 2>&1")
        let isFine = try await verify.waitForExit(within: .seconds(60)).isSuccess
        #expect(isFine && verify.output.text.isEmpty, "\(verify.output.text)")
        // In tenths, from 0, nothing exposed, to 100.
        try await copy.run("systemd-analyze security --offline=yes --threshold=20 \(units)")
    }

    private static func settings(for servers: ToolServers) -> String {
        servers.environment.compactMap { name, value in value.map { "\(name)='\($0)'\n" } }.sorted().joined()
    }

    private static func value(_ name: String, of unit: String) throws -> String {
        let line = try #require(unit.split(separator: "\n").first { $0.hasPrefix("\(name)=") })
        return String(line.dropFirst(name.count + 1))
    }
}
