/// Why a token was not accepted, or keys could not be used. Never shows a token or a secret.
public struct TokenError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, which is what a program decides by.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private let name: StaticName

        private enum StaticName: String, Sendable {
            case malformed, unsupportedAlgorithm, unknownKey, wrongSignature, expired, notYetValid, wrongIssuer
            case wrongAudience, badKeys
        }

        /// Not a signed token, too long, or its claims are not what RFC 7519 says.
        public static let malformed = Code(name: .malformed)
        /// Signed in another way than the keys are for, or not at all.
        public static let unsupportedAlgorithm = Code(name: .unsupportedAlgorithm)
        /// Signed by a key that isn't known.
        public static let unknownKey = Code(name: .unknownKey)
        /// The signature isn't the key's.
        public static let wrongSignature = Code(name: .wrongSignature)
        /// Its time is over.
        public static let expired = Code(name: .expired)
        /// Its time has not come.
        public static let notYetValid = Code(name: .notYetValid)
        /// Issued by somebody else.
        public static let wrongIssuer = Code(name: .wrongIssuer)
        /// Issued for somebody else.
        public static let wrongAudience = Code(name: .wrongAudience)
        /// The secret or the key set can't be used.
        public static let badKeys = Code(name: .badKeys)

        public var description: String { name.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong and what is allowed.
    public var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code): \(message)" }
}
