import Foundation
import LibPQ
import Servers

/// An event that can't be published, or not be applied; only its own aggregate may have to wait for it.
struct PoisonEvent: Fault {
    let kind: FaultKind

    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        guard let poison = scene.poisons.plan(kind, planned) else { return "no aggregate left" }
        try await eventually(within: .seconds(60), "the poison is committed") {
            try await plant(poison, scene)
        }
        return "\(poison.aggregate)"
    }

    /// - Returns: whether it is committed.
    private func plant(_ poison: Poisons.Poison, _ scene: Scene) async throws -> Bool {
        var places: [Int64] = []
        do {
            try await scene.world.outbox.withTransaction(retries: 0) { transaction in
                try await PlainSQL.lock([poison.aggregate], in: transaction)
                try await PlainSQL.insert(
                    [PlainSQL.Row(id: poison.id, aggregate: poison.aggregate, payload: poison.payload)],
                    in: transaction)
                places = try await Business.insert(
                    [(poison.id, poison.aggregate)], transactionID: poison.id, in: transaction)
            }
        } catch {
            // Perhaps it is there all the same.
            let places = try await scene.world.outbox.withConnection { connection in
                try await connection.query("SELECT place FROM business WHERE event_id = \(poison.id)")
            }
            guard places.rowCount == 1 else { return false }
            note(poison, place: try places.int64(row: 0, column: 0), scene)
            return true
        }
        note(poison, place: places[0], scene)
        return true
    }

    private func note(_ poison: Poisons.Poison, place: Int64, _ scene: Scene) {
        scene.poisons.planted(poison)
        scene.truth.committed([Truth.Event(id: poison.id, aggregate: poison.aggregate, place: place)])
    }
}
