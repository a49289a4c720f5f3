import Glibc

/// SIGSTOP, and SIGCONT when somebody else has taken over: the process comes back and believes that no time has passed.
struct ProcessPause: Fault {
    let processes: @Sendable (World) -> [SupervisedProcess]

    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let process = planned.choice(of: processes(scene.world))
        process.send(SIGSTOP)
        // Also when the run is cancelled.
        defer { process.send(SIGCONT) }
        try await planned.last()
        return process.name
    }
}
