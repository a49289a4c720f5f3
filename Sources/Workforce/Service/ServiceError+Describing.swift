import LibPQ
import OutboxHTTP

extension ServiceError {
    /// How the services answer an error that was thrown.
    ///
    /// - Returns: What an error of the domain says by itself; 503 when the database fails and may not do so later; 500 without
    ///   details for whatever nobody expected.
    public init(describing error: any Error) {
        switch error {
        case let error as any ServiceErrorConvertible: self = error.serviceError
        case let error as PQError where Self.isOutage(error):
            self.init(HTTPError(.serviceUnavailable, "The database did not answer as it should; try again."))
        default: self.init(HTTPError(describing: error))
        }
    }

    private static func isOutage(_ error: PQError) -> Bool {
        error.isTransient || [.poolExhausted, .poolClosed, .timeout].contains(error.code)
    }
}
