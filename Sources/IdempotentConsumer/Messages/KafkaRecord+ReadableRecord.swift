package import LibRDKafka

extension KafkaRecord: MessageSource {
    package func withKeyBytes<Result>(_ body: (UnsafeRawBufferPointer?) -> Result) -> Result { withKey(body) }

    package func withValueBytes<Result>(_ body: (UnsafeRawBufferPointer?) -> Result) -> Result { withValue(body) }

    package func withKnownHeaders<Result>(_ body: (KnownHeaders) -> Result) -> Result {
        var known = KnownHeaders()
        forEachHeader { name, value in known.note(name: name, value: value) }
        return withExtendedLifetime(self) { body(known) }
    }
}

extension KafkaRecord: ReadableRecord {
    /// Key and value, and what librdkafka keeps beside them.
    var byteCount: Int { withKey { $0?.count ?? 0 } + withValue { $0?.count ?? 0 } + 512 }

    var stored: StoredMessage {
        StoredMessage(
            topic: topic, partition: partition, offset: offset, timestamp: timestampMilliseconds, key: key,
            value: value, headers: headers.map { StoredMessage.Header(name: $0.name, value: $0.value) })
    }
}
