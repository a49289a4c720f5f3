/// Checks the `tracestate` header.
enum TraceState {
    private static let maximumMembers = 32
    /// The recommendation asks for at least this much to be passed on; more is cut by whole members.
    private static let maximumBytes = 512

    /// The members in their order without spaces and empty members; nil if there is none or one is not valid.
    static func normalized(_ header: String) -> String? {
        guard header.utf8.count <= 8_192 else { return nil }
        var members: [Substring] = []
        var keys: Set<Substring> = []
        for part in header.split(separator: ",") {
            let member = part.trimmingSpaces()
            if member.isEmpty { continue }
            guard let equals = member.firstIndex(of: "="), isKey(member[..<equals]),
                isValue(member[member.index(after: equals)...]), keys.insert(member[..<equals]).inserted
            else { return nil }
            members.append(member)
        }
        guard !members.isEmpty, members.count <= maximumMembers else { return nil }
        var length = members.reduce(members.count - 1) { $0 + $1.utf8.count }
        // Large members go first, then the oldest, which stand at the end.
        while length > maximumBytes, let large = members.lastIndex(where: { $0.utf8.count > 128 }) {
            length -= members.remove(at: large).utf8.count + 1
        }
        while length > maximumBytes, let last = members.popLast() { length -= last.utf8.count + 1 }
        return members.isEmpty ? nil : members.joined(separator: ",")
    }

    /// `key` or `tenant@system`.
    private static func isKey(_ key: Substring) -> Bool {
        let parts = key.split(separator: "@", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isName(parts[0], maximum: 256, mayStartWithDigit: false)
        case 2:
            return isName(parts[0], maximum: 241, mayStartWithDigit: true)
                && isName(parts[1], maximum: 14, mayStartWithDigit: false)
        default: return false
        }
    }

    private static func isName(_ name: Substring, maximum: Int, mayStartWithDigit: Bool) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= maximum else { return false }
        switch first {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): break
        case UInt8(ascii: "0")...UInt8(ascii: "9") where mayStartWithDigit: break
        default: return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    private static func isValue(_ value: Substring) -> Bool {
        guard let last = value.utf8.last, last != UInt8(ascii: " "), value.utf8.count <= 256 else { return false }
        return value.utf8.allSatisfy {
            (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=")
        }
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        var result = self
        while let first = result.utf8.first, first == 0x20 || first == 0x09 { result.removeFirst() }
        while let last = result.utf8.last, last == 0x20 || last == 0x09 { result.removeLast() }
        return result
    }
}
