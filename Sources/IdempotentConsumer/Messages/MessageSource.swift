/// A record that an event can be read from, whoever keeps its bytes.
package protocol MessageSource {
    var topic: String { get }
    var partition: Int32 { get }
    var offset: Int64 { get }

    /// Lends the key; nil where the record has none.
    func withKeyBytes<Result>(_ body: (UnsafeRawBufferPointer?) -> Result) -> Result
    /// Lends the value; nil for a null value.
    func withValueBytes<Result>(_ body: (UnsafeRawBufferPointer?) -> Result) -> Result
    /// Lends the values of the headers that events are read from.
    func withKnownHeaders<Result>(_ body: (KnownHeaders) -> Result) -> Result
}
