import CCJose

/// A token that was taken apart; nothing of it is to be believed before ``isSigned(by:)``.
struct SignedToken: ~Copyable {
    private let pointer: OpaquePointer

    /// Takes a token in compact form apart.
    ///
    /// - Returns: nil if it has not three parts, or its header is not JSON or names no algorithm that is known.
    init?(_ token: String) {
        var token = token
        let parsed = token.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cjose_jws_import($0.baseAddress, $0.count, nil) }
        }
        guard let parsed else { return nil }
        pointer = parsed
    }

    private init(pointer: OpaquePointer) { self.pointer = pointer }

    deinit { cjose_jws_release(pointer) }

    /// Signs claims.
    static func sign(_ claims: [UInt8], algorithm: SignatureAlgorithm, by key: SignatureKey) -> SignedToken? {
        guard let header = cjose_header_new(nil) else { return nil }
        defer { cjose_header_release(header) }
        guard cjose_header_set(header, "alg", algorithm.rawValue, nil),
            cjose_header_set(header, "typ", "JWT", nil),
            let signed = key.withPointer({ cjose_jws_sign($0, header, claims, claims.count, nil) })
        else { return nil }
        return SignedToken(pointer: signed)
    }

    /// A text of the header; nil if there is none, or it is no text.
    func header(_ name: String) -> String? {
        // The header belongs to the token.
        guard let header = cjose_jws_get_protected(pointer) else { return nil }
        return cjose_header_get(header, name, nil).map { String(cString: $0) }
    }

    /// Whether the header has a member, of whatever kind.
    func hasHeader(_ name: String) -> Bool {
        guard let header = cjose_jws_get_protected(pointer),
            let text = cjose_header_get_raw(header, name, nil)
        else { return false }
        cjose_get_dealloc()?(text)
        return true
    }

    /// Whether the signature is a key's.
    func isSigned(by key: SignatureKey) -> Bool {
        key.withPointer { cjose_jws_verify(pointer, $0, nil) }
    }

    /// The claims' bytes.
    var claims: [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        // What is given belongs to the token.
        guard cjose_jws_get_plaintext(pointer, &bytes, &count, nil), let bytes else { return [] }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// The token in compact form.
    var text: String? {
        var text: UnsafePointer<CChar>?
        guard cjose_jws_export(pointer, &text, nil), let text else { return nil }
        return String(cString: text)
    }
}
