/// One header of a record. Names may repeat; order is kept.
public struct KafkaHeader: Sendable, Hashable {
    /// The header's name.
    public var name: String
    /// The header's bytes; nil for a null value.
    public var value: [UInt8]?

    /// - Parameters:
    ///   - name: The header's name.
    ///   - value: The header's bytes; nil for a null value.
    public init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    /// - Parameters:
    ///   - name: The header's name.
    ///   - value: Text, sent in UTF-8.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = Array(value.utf8)
    }
}
