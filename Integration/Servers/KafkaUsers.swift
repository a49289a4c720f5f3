/// Users of a cluster of our own, who say who they are (SASL/PLAIN, unencrypted) on a listener of their own, and may do
/// what access control lists allow. Who comes by the usual listener may do everything.
public struct KafkaUsers: Sendable {
    /// Each user's password.
    public var passwords: [String: String]

    /// - Parameter passwords: each user's password; letters and digits.
    public init(_ passwords: [String: String]) {
        self.passwords = passwords
    }

    /// librdkafka properties with which a client logs in.
    public func clientProperties(of user: String) -> [String: String] {
        [
            "security.protocol": "sasl_plaintext", "sasl.mechanism": "PLAIN", "sasl.username": user,
            "sasl.password": passwords[user] ?? "",
        ]
    }
}
