/// A request's target, taken apart and decoded.
struct RequestTarget {
    var segments: [String] = []
    var queryItems: [HTTPRequest.QueryItem] = []

    /// What stands for a target that is not valid; no route has it.
    static let invalid = RequestTarget(segments: [""])

    private init(segments: [String]) { self.segments = segments }

    init(_ target: String) throws(HTTPError) {
        var rest = target[...]
        // Absolute form, as proxies send it.
        if let scheme = rest.range(of: "://"), !rest[..<scheme.lowerBound].contains("/"),
            !rest[..<scheme.lowerBound].contains("?")
        {
            rest = rest[scheme.upperBound...]
            rest = rest.firstIndex(where: { $0 == "/" || $0 == "?" }).map { rest[$0...] } ?? "/"
        }
        // A fragment does not belong into a request, but some clients send it.
        rest = rest.prefix { $0 != "#" }
        let path = rest.prefix { $0 != "?" }
        guard path.first == "/" || path == "*" || path.isEmpty else {
            throw HTTPError(.badRequest, "The request's target does not start with \"/\".")
        }
        for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            segments.append(try Self.decode(segment, plusIsSpace: false))
        }
        if segments == [""] { segments = [] }
        for item in rest.dropFirst(path.count + 1).split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? try Self.decode(parts[1], plusIsSpace: true) : ""
            queryItems.append(.init(name: try Self.decode(parts[0], plusIsSpace: true), value: value))
        }
    }

    private static func decode(_ text: Substring, plusIsSpace: Bool) throws(HTTPError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexadecimal), let low = iterator.next().flatMap(hexadecimal)
                else { throw HTTPError(.badRequest, "The request's target has a \"%\" without two digits behind it.") }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw HTTPError(.badRequest, "The request's target is not valid UTF-8.")
        }
        return decoded
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Substring {
    /// Where a text first stands, without Foundation.
    fileprivate func range(of text: String) -> Range<Index>? { ranges(of: text).first }
}
