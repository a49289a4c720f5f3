/// Where a server listens: `127.0.0.1:9464`, `[::1]:0`, `localhost:8080`, or `off`.
public struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
    /// A numeric address or a name, without brackets; empty for ``off``.
    public let host: String
    /// The port; 0 takes a free one.
    public let port: UInt16

    /// No server at all.
    public static let off = HTTPAddress(unchecked: "", port: 0)

    /// A port on loopback.
    public static func loopback(port: UInt16) -> HTTPAddress { HTTPAddress(unchecked: "127.0.0.1", port: port) }

    /// Whether there is no server at all.
    public var isOff: Bool { host.isEmpty }

    /// Reads `host:port`, `[IPv6]:port` or `off`; nil for anything else.
    public init?(_ text: String) {
        if text.lowercased() == "off" {
            self = .off
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else {
            return nil
        }
        var host = text[..<colon]
        if host.first == "[" {
            guard host.last == "]", host.contains(":") else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        let isHostByte: (UInt8) -> Bool = { byte in
            (0x30...0x3A).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "%")
                || byte == UInt8(ascii: "_")
        }
        guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return nil }
        self.init(unchecked: String(host), port: port)
    }

    init(unchecked host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads back with ``init(_:)``.
    public var description: String {
        if isOff { return "off" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
