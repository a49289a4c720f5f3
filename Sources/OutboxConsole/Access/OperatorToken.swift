/// The secret that an operator shows.
package struct OperatorToken: Sendable, CustomStringConvertible {
    /// Shorter ones could be guessed.
    package static let shortest = 16

    private let bytes: [UInt8]

    /// - Returns: `nil` for a token that is too short, or that can't stand in a header.
    package init?(_ text: String) {
        bytes = Array(text.utf8)
        guard bytes.count >= Self.shortest, bytes.count <= 1_024, bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
    }

    /// Whether a text is the token. How long that takes says nothing about the token but its length.
    package func matches(_ text: String) -> Bool {
        let given = Array(text.utf8)
        var difference = UInt8(given.count == bytes.count ? 0 : 1)
        for index in bytes.indices {
            difference |= bytes[index] ^ (given.isEmpty ? 0 : given[index % given.count])
        }
        return difference == 0
    }

    package var description: String { "***" }
}
