import Servers

/// No space left on the disk of the outbox's database: what makes a table grow is refused.
struct DiskFull: Fault {
    static var obstacle: String? {
        SmallDisk.isAllowed ? nil : "needs root and unshare, to mount a small disk that nobody else sees"
    }

    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        guard let disk = try scene.world.disk?.get() else { throw Obstacle(reason: "there is no disk") }
        try await disk.fill()
        do {
            try await planned.last()
        } catch {
            try await disk.free()
            throw error
        }
        try await disk.free()
        return "outbox"
    }
}
