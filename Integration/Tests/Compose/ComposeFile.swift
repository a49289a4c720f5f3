import FoundationEssentials
import Servers

/// compose/compose.yaml, as far as tests look at it.
struct ComposeFile: Decodable {
    struct Service: Decodable {
        struct Dependency: Decodable { let condition: String }
        struct HealthCheck: Decodable { let test: [String]? }

        let image: String
        let command: [String]?
        let environment: [String: String]?
        let ports: [String]?
        let restart: String?
        let healthcheck: HealthCheck?
        let depends_on: [String: Dependency]?
    }

    let services: [String: Service]

    /// The services that run one of our tools.
    var tools: [(name: String, service: Service, tool: BuiltTool, arguments: [String])] {
        services.sorted { $0.key < $1.key }.compactMap { name, service in
            guard let command = service.command, let tool = BuiltTool(rawValue: command[0]) else { return nil }
            return (name, service, tool, Array(command.dropFirst()))
        }
    }

    static let folder = "\(Checkout.path)/compose"

    static func load() async throws -> ComposeFile {
        try JSONDecoder().decode(ComposeFile.self, from: try await json(of: "\(folder)/compose.yaml"))
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(path)")), as: UTF8.self)
    }

    /// A YAML file as JSON.
    static func json(of path: String) async throws -> Data {
        let script = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)"
        let python = try ChildProcess("python3", ["-c", script, path])
        try await python.waitForSuccess(within: .seconds(60))
        return Data(python.output.text.utf8)
    }

    /// The variables that a text needs from the environment: `${NAME:?…}`.
    static func requiredVariables(in text: String) -> Set<String> {
        Set(text.matches(of: /\$\{([A-Z_]+):\?[^}]+\}/).map { String($0.output.1) })
    }

    /// A text with a secret for each variable.
    static func filled(_ text: String) -> String {
        text.replacing(/\$\{[A-Z_]+:\?[^}]+\}/, with: String(repeating: "5", count: 64))
    }
}
