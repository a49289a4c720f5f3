import Glibc

/// SIGKILL of one process, sometimes of all of its kind; its supervisor starts it anew.
struct ProcessKill: Fault {
    let processes: @Sendable (World) -> [SupervisedProcess]

    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let all = processes(scene.world)
        let struck = planned.variant % 5 == 0 ? all : [planned.choice(of: all)]
        return struck.filter { $0.send(SIGKILL) != nil }.map(\.name).joined(separator: " ")
    }
}
