/// Gives the same string for the same bytes, for the few names that come again and again.
struct TextCache {
    private var texts: [[UInt8]: String] = [:]
    /// The text that was asked for last: most records of a partition have the same names.
    private var last: (bytes: [UInt8], text: String)?
    private let maximumCount = 256

    /// - Returns: nil where the bytes are no text that a database can hold.
    mutating func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        if let last, last.bytes.elementsEqual(bytes) { return last.text }
        let key = Array(bytes)
        if let text = texts[key] {
            last = (key, text)
            return text
        }
        guard let text = String(databaseText: bytes) else { return nil }
        // Names that keep changing are not worth keeping.
        if texts.count >= maximumCount { texts.removeAll(keepingCapacity: true) }
        texts[key] = text
        last = (key, text)
        return text
    }
}
