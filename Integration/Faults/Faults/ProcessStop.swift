import Glibc
import Servers

/// SIGTERM, as for a rolling update: the process must end by itself.
struct ProcessStop: Fault {
    let processes: @Sendable (World) -> [SupervisedProcess]

    private static let limit = Duration.seconds(45)

    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let process = planned.choice(of: processes(scene.world))
        guard let processID = process.send(SIGTERM) else { return "" }
        do {
            try await eventually(within: Self.limit, "\(process.name) ends") { process.processID != processID }
        } catch let error as ServerError {
            scene.complaints.add("stops", "\(process.name): \(error.message)")
            process.send(SIGKILL)
        }
        return process.name
    }
}
