/// A value that must not be shown: it prints, debugs, reflects and encodes as `***`.
///
/// ```swift
/// let password = Secret("hunter2")
/// print(password)             // ***
/// connect(with: password.revealed)
/// ```
public struct Secret<Value> {
    /// The value itself. Every use of it should stand out in a review.
    public let revealed: Value

    /// Wraps a value.
    public init(_ value: Value) { revealed = value }
}

extension Secret: Sendable where Value: Sendable {}
extension Secret: Equatable where Value: Equatable {}
extension Secret: Hashable where Value: Hashable {}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `***`
    public var description: String { LogRedaction.mask }
    /// `***`
    public var debugDescription: String { LogRedaction.mask }
    /// Nothing of the value.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Encodable {
    /// Encodes `***`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(LogRedaction.mask)
    }
}
