/// Hashes that stand for an event's names and contents within this process.
enum Hashes {
    static func aggregate(topic: Int, key: UnsafeRawBufferPointer?) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(topic)
        if let key { hasher.combine(bytes: key) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    static func aggregate(topic: Int, key: String) -> UInt64 {
        var key = key
        return key.withUTF8 { aggregate(topic: topic, key: UnsafeRawBufferPointer($0)) }
    }

    static func content(eventType: String, payload: [UInt8]) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(eventType)
        payload.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
