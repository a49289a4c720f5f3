import LibRDKafka
import Servers

extension World {
    /// Lends an admin client; what it does is tried until it works, since brokers may be on their way back.
    func withAdmin(_ body: (KafkaAdmin) async throws -> Void) async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        while true {
            let admin = try KafkaAdmin(bootstrapServers: broker.bootstrapServers)
            do {
                try await body(admin)
                return await admin.close()
            } catch {
                await admin.close()
                guard ContinuousClock.now < deadline, !(error is CancellationError) else { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}
