/// Walks over a text once and copies it with the secrets masked.
struct SecretScanner {
    private let text: [UInt8]
    private var position = 0
    private var isInURL = false
    private var didMask = false
    private(set) var output: [UInt8] = []

    init(_ text: [UInt8]) {
        self.text = text
        output.reserveCapacity(text.count)
    }

    /// Whether anything was masked.
    mutating func redact() -> Bool {
        while position < text.count {
            let byte = text[position]
            if Self.isSpace(byte) { isInURL = false }
            if byte == UInt8(ascii: ":"), text[position...].starts(with: "://".utf8) {
                copy(3)
                isInURL = true
                maskUserInformation()
            } else if Self.isNamePart(byte) {
                scanName()
            } else {
                copy(1)
            }
        }
        return didMask
    }

    /// `user:password@`, up to the last `@` of the word: an unescaped `/` or `@` in a password is hidden as well.
    private mutating func maskUserInformation() {
        let word = text[position...].prefix { !Self.isSpace($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
        guard let at = word.lastIndex(of: UInt8(ascii: "@")),
            let colon = word[..<at].firstIndex(of: UInt8(ascii: ":"))
        else { return }
        copy(colon + 1 - position)
        mask(upTo: at)
    }

    private mutating func scanName() {
        let end = text[position...].firstIndex { !Self.isNamePart($0) } ?? text.count
        let start = position
        copy(end - position)
        // What follows decides cheaply whether the name matters at all.
        guard let separator = valueSeparator(after: end) else { return }
        let isSecret = text.withUnsafeBufferPointer { LogRedaction.isSecret(key: .init(rebasing: $0[start..<end])) }
        guard isSecret else { return }
        let value = skipSpaces(from: separator + 1)
        guard value < text.count else { return }
        copy(value - position)
        maskValue()
    }

    /// Where the `=` or `:` behind a name stands, be the name in quotes or not.
    private func valueSeparator(after end: Int) -> Int? {
        var next = end
        if next < text.count, text[next] == UInt8(ascii: "\"") || text[next] == UInt8(ascii: "'") { next += 1 }
        next = skipSpaces(from: next)
        guard next < text.count, text[next] == UInt8(ascii: "=") || text[next] == UInt8(ascii: ":"),
            !text[next...].starts(with: "://".utf8)
        else { return nil }
        return next
    }

    private mutating func maskValue() {
        let quote = text[position]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            copy(1)
            var end = position
            while end < text.count, text[end] != quote {
                end += text[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            mask(upTo: min(end, text.count))
            return
        }
        var end = endOfWord(from: position)
        let scheme = text[position..<end].map { $0 | 0x20 }
        if scheme.elementsEqual("bearer".utf8) || scheme.elementsEqual("basic".utf8) {
            let credentials = skipSpaces(from: end)
            copy(credentials - position)
            end = endOfWord(from: credentials)
        }
        mask(upTo: end)
    }

    private func endOfWord(from start: Int) -> Int {
        text[start...].firstIndex {
            Self.isSpace($0) || $0 == UInt8(ascii: "\"") || (isInURL && $0 == UInt8(ascii: "&"))
        } ?? text.count
    }

    private func skipSpaces(from start: Int) -> Int {
        guard start < text.count else { return text.count }
        return text[start...].firstIndex { $0 != UInt8(ascii: " ") } ?? text.count
    }

    private mutating func copy(_ count: Int) {
        output.append(contentsOf: text[position..<(position + count)])
        position += count
    }

    private mutating func mask(upTo end: Int) {
        guard end > position else { return }
        output.append(contentsOf: LogRedaction.mask.utf8)
        position = end
        didMask = true
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
