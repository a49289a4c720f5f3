/// How a console shows and what it lets people do.
package struct ConsoleConfiguration: Sendable {
    /// Names of members of payloads and headers whose values are not shown; see ``PayloadMask``.
    package var maskedNames = Self.defaultMaskedNames
    /// What an operator must know to change anything; `nil` lets nobody change anything.
    package var operatorToken: OperatorToken?
    /// Where consumers serve their metrics, `http://host:port` each; they say how long events take to the cache.
    package var consumerMetrics: [String] = []
    /// Where the server listens, as it was configured.
    package var host: String

    /// - Parameter host: where the server listens, without port.
    package init(host: String) { self.host = host }

    /// Whether only this machine's people get there.
    package var isLoopback: Bool { HostCheck.isLoopback(host) }

    package static let defaultMaskedNames = [
        "password", "passwd", "passphrase", "pwd", "secret", "token", "authorization", "apikey", "credential", "cookie",
        "privatekey", "iban", "cardnumber", "cvv", "ssn",
    ]
}
