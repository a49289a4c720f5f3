import CLibRDKafka

/// The headers of a record that is about to be sent, in librdkafka's own memory.
///
/// Names and values are copied when they are added. Adding goes through no Swift `String` unless one is given.
public struct KafkaHeaders: ~Copyable {
    private var list: OpaquePointer?
    private let capacity: Int

    /// No headers yet.
    ///
    /// - Parameter capacity: How many are expected; more may be added.
    public init(capacity: Int = 8) {
        self.capacity = max(1, capacity)
        list = nil
    }

    deinit {
        if let list { rd_kafka_headers_destroy(list) }
    }

    /// Adds a header whose name is known at compile time.
    ///
    /// - Parameters:
    ///   - name: The header's name.
    ///   - value: The header's bytes; nil for a null value.
    public mutating func add(_ name: StaticString, _ value: UnsafeRawBufferPointer?) {
        if name.hasPointerRepresentation {
            add(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
        } else {
            name.withUTF8Buffer { add(UnsafeRawBufferPointer($0), value) }
        }
    }

    /// Adds a header whose name is known at compile time.
    ///
    /// - Parameters:
    ///   - name: The header's name.
    ///   - value: Text, sent in UTF-8.
    public mutating func add(_ name: StaticString, _ value: String) {
        var value = value
        value.withUTF8 { add(name, UnsafeRawBufferPointer($0)) }
    }

    /// Adds a header.
    ///
    /// - Parameters:
    ///   - name: The header's name in UTF-8.
    ///   - value: The header's bytes; nil for a null value.
    public mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) {
        guard let list = list ?? rd_kafka_headers_new(capacity) else { return }
        self.list = list
        let nameAddress = EmptyBytes.address(of: name).assumingMemoryBound(to: CChar.self)
        if let value {
            rd_kafka_header_add(list, nameAddress, name.count, EmptyBytes.address(of: value), value.count)
        } else {
            rd_kafka_header_add(list, nameAddress, name.count, nil, 0)
        }
    }

    /// Adds a header.
    ///
    /// - Parameter header: Its name and value.
    public mutating func add(_ header: KafkaHeader) {
        var name = header.name
        name.withUTF8 { name in
            if let value = header.value {
                value.withUnsafeBytes { add(UnsafeRawBufferPointer(name), $0) }
            } else {
                add(UnsafeRawBufferPointer(name), nil)
            }
        }
    }

    /// Gives the list away; nil when nothing was added.
    consuming func take() -> OpaquePointer? {
        let taken = list
        discard self
        return taken
    }
}
