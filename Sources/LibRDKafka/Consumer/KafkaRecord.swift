import CLibRDKafka
import Glibc
import Synchronization

/// A record that was read from a topic, in librdkafka's memory, which it frees when nobody holds it any more.
public final class KafkaRecord: @unchecked Sendable {
    // Safe to share: the message is changed by `headerList` alone, under its lock, and may be destroyed on any thread.
    private let event: OpaquePointer
    private let message: UnsafePointer<rd_kafka_message_t>
    private let source: RecordSource
    private let areHeadersParsed = Mutex(false)
    private var parsedHeaders: OpaquePointer?

    /// Its offset in the partition.
    public let offset: Int64

    /// Takes the event over.
    init(event: OpaquePointer, message: UnsafePointer<rd_kafka_message_t>, source: RecordSource) {
        self.event = event
        self.message = message
        self.source = source
        offset = message.pointee.offset
    }

    deinit {
        rd_kafka_event_destroy(event)
    }

    /// librdkafka's list. It is made when it is first asked for, by whoever works on the record: it takes more memory
    /// than the record itself, which would be held by all those that wait.
    private var headerList: OpaquePointer? {
        areHeadersParsed.withLock { isParsed in
            if !isParsed {
                isParsed = true
                var headers: OpaquePointer?
                let response = rd_kafka_message_headers(message, &headers)
                if response == RD_KAFKA_RESP_ERR_NO_ERROR { parsedHeaders = headers }
            }
        }
        return parsedHeaders
    }

    /// The partition that it was read from.
    public var topicPartition: KafkaTopicPartition { source.topicPartition }

    /// The topic's name.
    public var topic: String { topicPartition.topic }

    /// The partition's number.
    public var partition: Int32 { topicPartition.partition }

    /// When it was written, or sent (the topic's `message.timestamp.type`), in milliseconds since 1970 UTC; nil if
    /// the record has none.
    public var timestampMilliseconds: Int64? {
        var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let timestamp = rd_kafka_message_timestamp(message, &type)
        return type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : timestamp
    }

    /// Lends the key's bytes; nil for none.
    public func withKey<R, E: Error>(_ body: (UnsafeRawBufferPointer?) throws(E) -> R) throws(E) -> R {
        try body(message.pointee.key.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len) })
    }

    /// Lends the value's bytes; nil for null.
    public func withValue<R, E: Error>(_ body: (UnsafeRawBufferPointer?) throws(E) -> R) throws(E) -> R {
        try body(message.pointee.payload.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.len) })
    }

    /// A copy of the key; nil for none.
    public var key: [UInt8]? { withKey { $0.map { Array($0) } } }

    /// A copy of the value; nil for null.
    public var value: [UInt8]? { withValue { $0.map { Array($0) } } }

    /// How many headers there are.
    public var headerCount: Int { headerList.map { rd_kafka_header_cnt($0) } ?? 0 }

    /// All headers, in order.
    public var headers: [KafkaHeader] {
        var headers: [KafkaHeader] = []
        headers.reserveCapacity(headerCount)
        forEachHeader { name, value in
            headers.append(KafkaHeader(String(decoding: name, as: UTF8.self), value.map { [UInt8]($0) }))
        }
        return headers
    }

    /// Lends the names and values of all headers, in order. The bytes stay where they are as long as the record is held.
    ///
    /// - Parameter body: Gets a name in UTF-8 and a value, nil for null.
    public func forEachHeader<E: Error>(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws(E) -> Void
    ) throws(E) {
        guard let headerList else { return }
        var index = 0
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(headerList, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name {
            try body(
                UnsafeRawBufferPointer(start: name, count: strlen(name)),
                value.map { UnsafeRawBufferPointer(start: $0, count: size) })
            index += 1
        }
    }

    /// Lends the value of the first header with a name; nil if there is none or its value is null.
    ///
    /// - Parameters:
    ///   - name: The header's name.
    ///   - body: Gets the bytes.
    public func withHeader<R, E: Error>(
        _ name: String, _ body: (UnsafeRawBufferPointer?) throws(E) -> R
    ) throws(E) -> R {
        guard let headerList else { return try body(nil) }
        var value: UnsafeRawPointer?
        var size = 0
        let response = rd_kafka_header_get(headerList, 0, name, &value, &size)
        guard response == RD_KAFKA_RESP_ERR_NO_ERROR, let value else { return try body(nil) }
        return try body(UnsafeRawBufferPointer(start: value, count: size))
    }

    /// - Parameter name: The header's name.
    /// - Returns: The value of the first header with that name; nil if there is none or its value is null.
    public func header(_ name: String) -> [UInt8]? {
        withHeader(name) { $0.map { Array($0) } }
    }

    /// - Parameter name: The header's name.
    /// - Returns: The value of the first header with that name as text; nil if there is none, its value is null or
    ///   not UTF-8.
    public func headerText(_ name: String) -> String? {
        withHeader(name) { bytes in
            bytes.flatMap { String(validating: $0, as: UTF8.self) }
        }
    }
}
