import CLibPQ

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One attempt to connect: its settings, its time limit, and the words for its failure.
struct ConnectionAttempt {
    private let text: ConnectionString
    private let parameters: [(keyword: String, value: String)]

    /// The longest that it may take, over all hosts.
    let timeout: Duration

    init(_ configuration: PQConfiguration) throws(PQError) {
        text = try ConnectionString(parsing: configuration.url)
        var perHost = configuration.connectTimeout
        if let seconds = text["connect_timeout"].flatMap({ Int($0) }), seconds > 0 { perHost = .seconds(seconds) }
        let hosts = max(1, text.hostCount)
        timeout = perHost * hosts
        // This limit holds for the first packet too: a host that does not answer must leave time for the next.
        let userTimeout = hosts > 1 ? min(perHost.milliseconds, 30_000) : 30_000
        // What comes before the URL is a default that it may override, what comes after it is fixed.
        var parameters = [
            ("keepalives", "1"), ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "\(userTimeout)"), ("dbname", configuration.url), ("client_encoding", "UTF8"),
        ]
        if let name = configuration.applicationName { parameters.append(("application_name", name)) }
        guard !parameters.contains(where: { $0.1.utf8.contains(0) }) else {
            throw PQError(.usage, "the application name contains a zero byte")
        }
        self.parameters = parameters
    }

    /// Starts connecting. Names are looked up in here, which may block.
    func start() throws(PQError) -> OpaquePointer {
        let keywords = parameters.map { UnsafePointer<CChar>(strdup($0.keyword)) } + [nil]
        let values = parameters.map { UnsafePointer<CChar>(strdup($0.value)) } + [nil]
        defer {
            for string in keywords + values { free(UnsafeMutablePointer(mutating: string)) }
        }
        guard let pointer = PQconnectStartParams(keywords, values, 1) else {
            throw PQError(.connectionFailed, "out of memory")
        }
        // Until the connection stands, SQLSTATE is to be had only as a part of the verbose message.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        return pointer
    }

    func timedOut() -> PQError {
        PQError(.connectionFailed, "no answer from the server within \(timeout); is \(text.redacted) right?")
    }

    /// Why libpq could not connect.
    func failure(_ pointer: OpaquePointer) -> PQError {
        var (message, sqlState) = Self.parse(String(cString: PQerrorMessage(pointer)))
        for secret in text.secrets { message = message.split(separator: secret).joined(separator: "***") }
        if sqlState == "08P01" && message.contains("startup parameter") {
            return PQError(
                .usage,
                "\(message): a pooler stands between, which takes no \"options\" or other settings in the URL; leave them "
                    + "out (ALTER ROLE … SET does the same), or have it ignore them (ignore_startup_parameters)",
                sqlState: sqlState)
        }
        // With several hosts one word does not speak for the others.
        return PQError(.connectionFailed, message, sqlState: text.hostCount > 1 ? nil : sqlState)
    }

    /// Takes SQLSTATE out of a verbose message, and leaves out what verbosity added.
    static func parse(_ verbose: String) -> (message: String, sqlState: String?) {
        var sqlState: String?
        var lines: [String] = []
        for line in verbose.split(separator: "\n") {
            guard !["LOCATION:", "DETAIL:", "CONTEXT:"].contains(where: line.hasPrefix) else { continue }
            var text = line.drop { $0 == "\t" || $0 == " " }
            // "FATAL:  28P01: password authentication failed"
            if let severityEnd = text.indexAfterSeverity {
                let rest = text[severityEnd...]
                let state = rest.prefix(5)
                if state.count == 5, rest.dropFirst(5).hasPrefix(": "), state.allSatisfy({ $0.isSQLStateCharacter }) {
                    sqlState = String(state)
                    text = text[..<severityEnd] + rest.dropFirst(7)
                }
            }
            lines.append(String(text))
        }
        return (lines.isEmpty ? "the connection failed" : lines.joined(separator: "; "), sqlState)
    }
}

extension Substring {
    /// Where the text after a severity begins.
    fileprivate var indexAfterSeverity: Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(":  ") { return self.index(index, offsetBy: 3) }
            formIndex(after: &index)
        }
        return nil
    }
}

extension Character {
    fileprivate var isSQLStateCharacter: Bool {
        ("0"..."9").contains(self) || ("A"..."Z").contains(self)
    }
}
