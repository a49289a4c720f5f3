import FoundationEssentials
import Servers
import Testing

@testable import OutboxCommandLine
@testable import OutboxTool
@testable import WorkforceTool

@Suite("compose: the services")
struct ComposeTests {
    @Test("every command is one that the tools take, with settings that it has")
    func commands() async throws {
        let tools = try await ComposeFile.load().tools
        #expect(tools.count > 5)
        for (name, service, tool, arguments) in tools {
            let environment = (service.environment ?? [:]).mapValues(ComposeFile.filled)
            let root = tool == .outbox ? OutboxCommand.root : WorkforceCommand.root
            let outcome = try CommandParser(root: root, version: "", environment: environment).parse(arguments)
            guard case .run(let command, let invocation) = outcome else {
                Issue.record("\(name) does nothing")
                continue
            }
            #expect(invocation.warnings == [], "\(name)")
            let unknown = Set(environment.keys).subtracting(command.settings.map(\.name))
            #expect(unknown == [], "\(name) sets what \(arguments) does not look at")
        }
    }

    @Test("the health check of each service asks the port that it serves on")
    func healthChecks() async throws {
        for (name, service, _, _) in try await ComposeFile.load().tools where service.restart != "no" {
            let test = try #require(service.healthcheck?.test, "\(name)")
            #expect(test.prefix(2) == ["CMD", "healthcheck"])
            let addresses = (service.environment ?? [:]).filter { $0.key.hasSuffix("_ADDRESS") }.map(\.value)
            #expect(addresses == ["0.0.0.0:\(test[2])"], "\(name)")
        }
    }

    @Test("the addresses that services have of each other are theirs")
    func addresses() async throws {
        let file = try await ComposeFile.load()
        var known = ["kafka:9092", "redis:6379", "prometheus:9090", "grafana:3000", "renderer:8081"]
        for (name, service, _, _) in file.tools {
            if let port = service.healthcheck?.test?.last { known.append("\(name):\(port)") }
        }
        var used = (file.services["integration"]?.environment ?? [:]).values.flatMap {
            $0.matches(of: /https?:\/\/([a-z0-9-]+:[0-9]+)/).map { String($0.output.1) }
        }
        used += try ComposeFile.text("prometheus/prometheus.yaml").matches(of: /[a-z0-9-]+:[0-9]{4}/).map {
            String($0.output)
        }
        used += try ComposeFile.text("grafana/provisioning/datasources/prometheus.yaml")
            .matches(of: /http:\/\/([a-z0-9-]+:[0-9]+)/).map { String($0.output.1) }
        #expect(used.count >= 10)
        #expect(Set(used).subtracting(known) == [])
        for name in ["dispatcher-1", "dispatcher-2", "command", "query"] {
            #expect(used.contains { $0.hasPrefix("\(name):") }, "nobody watches \(name)")
        }
        for (name, service) in file.services {
            for dependency in (service.depends_on ?? [:]).keys {
                #expect(file.services[dependency] != nil, "\(name) depends on \(dependency)")
            }
        }
    }

    @Test("ports are open on this machine only, secrets come from outside, and images have versions")
    func care() async throws {
        for (name, service) in try await ComposeFile.load().services {
            for port in service.ports ?? [] { #expect(port.hasPrefix("127.0.0.1:"), "\(name)") }
            for (variable, value) in service.environment ?? [:] {
                let isSecret = ["PASSWORD", "SECRET"].contains { variable.contains($0) } || value.contains("@postgres")
                if isSecret || value.contains("$") {
                    #expect(ComposeFile.requiredVariables(in: value).count == 1, "\(name): \(variable)")
                }
            }
            let version = service.image.split(separator: ":").dropFirst().last
            let isOurs = service.image.hasPrefix("swift-outbox")
            #expect(isOurs || version?.first?.isNumber == true || version?.hasPrefix("v") == true, "\(service.image)")
        }
    }

    @Test("nobody but who migrates logs in as the owner of tables, and each service as who has its work to do")
    func roles() async throws {
        var users: [String: Set<String>] = [:]
        for (name, service) in try await ComposeFile.load().services {
            let values = (service.environment ?? [:]).values
            users[name] = Set(
                values.flatMap { $0.matches(of: /postgresql:\/\/([a-z]+):/).map { String($0.output.1) } })
        }
        #expect(
            users.filter { !$0.value.isEmpty } == [
                "migrate": ["command", "query"], "dispatcher-1": ["dispatcher"], "dispatcher-2": ["dispatcher"],
                "command": ["writer"], "query": ["consumer"], "integration": ["operator"],
            ])
    }

    @Test("what runs once is waited for, so that `up --wait` does not take its end for a failure")
    func once() async throws {
        let services = try await ComposeFile.load().services
        let awaited = services.values.flatMap { ($0.depends_on ?? [:]) }
            .filter { $0.value.condition == "service_completed_successfully" }.map(\.key)
        let once = services.filter { $0.value.restart == "no" }.keys
        #expect(!once.isEmpty)
        #expect(Set(awaited) == Set(once))
    }

    @Test("Kafka is the version that the tests take")
    func kafka() async throws {
        let pom = String(
            decoding: try Data(contentsOf: URL(filePath: "\(Checkout.path)/Integration/Kafka/pom.xml")), as: UTF8.self)
        let image = try #require(try await ComposeFile.load().services["kafka"]?.image)
        let version = try #require(image.split(separator: ":").last)
        #expect(pom.contains("<version>\(version)</version>"))
        #expect(try ComposeFile.text("Dockerfile").contains("FROM \(image) AS kafka"))
    }
}
