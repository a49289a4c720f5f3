/// No space left on the disk of the outbox's database.
struct DiskFull: Fault {
    static var obstacle: String? { "is not there yet" }

    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String { "" }
}
