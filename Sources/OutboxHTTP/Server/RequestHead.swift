/// Finds heads of requests that two servers in a row could understand differently, which is how requests are smuggled.
///
/// libmicrohttpd lets several of them pass. What RFC 9112 calls an error is one here.
enum RequestHead {
    /// Why a request's fields are refused; nil if they are not.
    static func refusal(of headers: HTTPHeaders) -> HTTPError? {
        for field in headers.fields where !isToken(field.name) || !isText(field.value) {
            return malformed("A header field is not valid.")
        }
        if headers.values("Host").count > 1 { return malformed("The host is given twice.") }
        let lengths = headers.values("Content-Length")
        let encodings = headers.values("Transfer-Encoding")
        if lengths.count + encodings.count > 1 { return malformed("The body's length is given twice.") }
        if let encoding = encodings.first, encoding.lowercased() != "chunked" {
            return malformed("The only transfer encoding that is known here is chunked.")
        }
        if let length = lengths.first, length.isEmpty || !length.utf8.allSatisfy(isDigit) {
            return malformed("The body's length is not a number.")
        }
        return nil
    }

    /// Where the body ends is not known, so nothing behind it may be taken for a request.
    private static func malformed(_ message: String) -> HTTPError {
        HTTPError(.badRequest, message, headers: ["Connection": "close"])
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    /// No control characters but the tab.
    private static func isText(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }
}
