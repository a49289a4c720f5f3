import LibPQ
package import OutboxDispatcher
public import OutboxHTTP

/// A dispatcher made from a command's settings, with its connections.
public struct DispatcherProcess: Sendable {
    /// For whoever shows what it does.
    package let dispatcher: Dispatcher
    private let pool: PQPool

    /// Connects nowhere yet.
    ///
    /// - Parameter name: what the connections are called on the server.
    /// - Throws: ``UsageError`` for settings that can't be used.
    public init(_ invocation: Invocation, name: String) throws {
        let configuration = try DispatcherSettings.configuration(invocation)
        pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.databaseURL), applicationName: name,
                statementTimeout: .seconds(120), sessionSettings: Dispatcher.sessionSettings,
                pooling: try invocation.value(StandardSettings.databasePooling)), maximumConnections: 6)
        do {
            dispatcher = try Dispatcher(configuration, pool: pool)
        } catch {
            throw UsageError("\(error)")
        }
    }

    /// Dispatches until it is drained or the task is cancelled.
    ///
    /// - Throws: ``UsageError`` for settings that can't be used, those of librdkafka among them.
    public func run() async throws {
        do {
            try await dispatcher.run()
        } catch let error as DispatcherError where error.isOfSettings {
            throw UsageError("\(error)")
        }
    }

    /// Lets ``run()`` finish what is in flight, hand the lanes over and return.
    public func drain() { dispatcher.drain() }

    /// Says that events have just been committed.
    public func nudge() { dispatcher.nudge() }

    /// Closes the connections, after ``run()`` has returned.
    public func close() async { await pool.close() }

    /// Whether progress is possible, check by check.
    public var healthChecks: [HealthCheck] {
        let health = dispatcher.health
        return [
            HealthCheck("postgres", passes: health.isDatabaseReachable),
            HealthCheck("kafka", passes: health.isBrokerReachable),
            lanes(of: health),
            HealthCheck("topics", health.topicsOnHold == 0 ? .pass : .warn, detail: "\(health.topicsOnHold) on hold"),
            HealthCheck("loop", passes: health.isLoopMoving),
            HealthCheck("running", passes: !health.isDraining),
        ]
    }

    /// Whether the process works; outages of servers don't count.
    public var livenessChecks: [HealthCheck] { [HealthCheck("loop", passes: !dispatcher.health.isStuck)] }

    private func lanes(of health: DispatcherHealth) -> HealthCheck {
        if health.isDrained {
            return HealthCheck("lanes", .warn, detail: "\(health.lanesOwned) owned: drained by an operator")
        }
        return health.isStandby
            ? HealthCheck("lanes", .warn, detail: "none owned: other dispatchers have them")
            : HealthCheck("lanes", passes: health.lanesOwned > 0, detail: "\(health.lanesOwned) owned")
    }
}

extension DispatcherError {
    /// Whether other settings would help, those of librdkafka among them.
    fileprivate var isOfSettings: Bool { code == .invalidConfiguration || code == .producer }
}
