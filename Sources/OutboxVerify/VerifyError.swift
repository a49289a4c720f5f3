/// Why a verification can't be made, with what to do about it.
package struct VerifyError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, for programs.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        let name: String

        /// The events of one aggregate don't fit into the memory that may be used.
        package static let memory = Code(name: "memory")
        /// The outbox's database is a standby.
        package static let standby = Code(name: "standby")
        /// The read model's database knows no consumer of this name.
        package static let unknownConsumer = Code(name: "unknown consumer")

        package var description: String { name }
    }

    package var code: Code
    /// What happened and what to do next.
    package var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }
}
