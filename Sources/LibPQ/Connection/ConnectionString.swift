import CLibPQ

/// A connection URL or `key=value` string taken apart by libpq, so that it can be checked and shown without secrets.
struct ConnectionString {
    private var options: [(keyword: String, value: String, isSecret: Bool)] = []

    /// Parses and checks a connection string.
    /// - Throws: ``PQError/Code/usage``, with a message that shows no part of the string: what can't be parsed may be a
    ///   password.
    init(parsing text: String) throws(PQError) {
        guard !text.utf8.contains(0) else {
            throw PQError(.usage, "the connection URL contains a zero byte")
        }
        var failure: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(text, &failure) else {
            defer { PQfreemem(failure) }
            throw PQError(.usage, "the connection URL can't be parsed: " + Self.safePart(of: failure))
        }
        defer { PQconninfoFree(parsed) }
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                let marker = option.pointee.dispchar.map { String(cString: $0) }
                options.append((String(cString: keyword), String(cString: value), marker == "*"))
            }
            option += 1
        }
        try check()
    }

    /// The value of a keyword, if the string has it.
    subscript(_ keyword: String) -> String? {
        options.first { $0.keyword == keyword }?.value
    }

    /// How many hosts are tried in turn.
    var hostCount: Int {
        let hosts = self["hostaddr"] ?? self["host"] ?? ""
        return hosts.split(separator: ",", omittingEmptySubsequences: false).count
    }

    /// The secrets, which must not appear in any message.
    var secrets: [String] { options.filter(\.isSecret).map(\.value).filter { !$0.isEmpty } }

    /// The string as a URL, with `***` in place of secrets.
    var redacted: String {
        var text = "postgresql://"
        if let user = self["user"] { text += user }
        if self["password"] != nil { text += ":***" }
        if self["user"] != nil || self["password"] != nil { text += "@" }
        let hosts = (self["host"] ?? self["hostaddr"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let ports = (self["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        text += hosts.enumerated().map { index, host in
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            return port.isEmpty ? String(host) : "\(host):\(port)"
        }.joined(separator: ",")
        text += "/" + (self["dbname"] ?? "")
        let rest = options.filter { !["user", "password", "host", "port", "dbname"].contains($0.keyword) }
        let query = rest.map { "\($0.keyword)=\($0.isSecret ? "***" : $0.value)" }.joined(separator: "&")
        return query.isEmpty ? text : text + "?" + query
    }

    // A password with an unescaped "@" or "/" ends up in host, port or database name, and from there in messages.
    private func check() throws(PQError) {
        let advice = "; characters such as @ : / ? # in user and password must be percent-encoded"
        for keyword in ["host", "dbname"] where self[keyword]?.contains("@") == true {
            throw PQError(.usage, "the connection URL's \(keyword == "host" ? "host" : "database") contains @" + advice)
        }
        for port in (self["port"] ?? "").split(separator: ",") {
            guard let number = Int(port), (1...65535).contains(number) else {
                throw PQError(.usage, "the connection URL's port is not a number from 1 to 65535" + advice)
            }
        }
    }

    private static func safePart(of message: UnsafeMutablePointer<CChar>?) -> String {
        guard let message else { return "out of memory" }
        // libpq quotes what it stumbled over; what stands before the quote is its own words.
        let words = String(cString: message).prefix { $0 != "\"" && $0 != "\n" }
        let end = words.lastIndex { !" :".contains($0) }
        return end.map { String(words[...$0]) } ?? "invalid syntax"
    }
}
