/// Where tests make a consumer fail. A hook that throws ends the consumer as a crash would.
package struct FaultHooks: Sendable {
    /// Runs after a batch's transaction, before anything else is done about it.
    package var afterDatabaseCommit: (@Sendable () async throws -> Void)?

    package init(afterDatabaseCommit: (@Sendable () async throws -> Void)? = nil) {
        self.afterDatabaseCommit = afterDatabaseCommit
    }
}
