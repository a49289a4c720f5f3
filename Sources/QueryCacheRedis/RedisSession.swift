import CHiredis

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An open connection. Its calls block, so it is used on a queue of its own.
final class RedisSession {
    private let context: UnsafeMutablePointer<redisContext>
    private let configuration: RedisConfiguration
    /// How the server names the scripts that it keeps.
    private var digests: [RedisScript: [UInt8]] = [:]

    /// Connects, logs in and hands the scripts over.
    init(_ configuration: RedisConfiguration) throws(RedisError) {
        self.configuration = configuration
        guard
            let context = redisConnectWithTimeout(
                configuration.host, Int32(configuration.port), timeval(configuration.connectTimeout))
        else { throw RedisError(.connectionFailed, "out of memory") }
        self.context = context
        guard context.pointee.err == 0 else {
            throw RedisError(
                .connectionFailed, "no connection to \(configuration.host):\(configuration.port): \(errorText)")
        }
        redisSetTimeout(context, timeval(configuration.commandTimeout))
        redisEnableKeepAlive(context)
        #if canImport(Darwin)
            var on: Int32 = 1
            setsockopt(context.pointee.fd, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        try open()
    }

    deinit { redisFree(context) }

    private func open() throws(RedisError) {
        var calls: [RedisCall] = []
        if let password = configuration.password {
            let login = (configuration.user.map { [RedisArgument($0)] } ?? []) + [RedisArgument(password)]
            calls.append(.command(["AUTH"] + login))
        }
        if configuration.database != 0 { calls.append(.command(["SELECT", "\(configuration.database)"])) }
        for script in RedisScript.allCases {
            calls.append(.command(["SCRIPT", "LOAD", RedisArgument(script.text)]))
        }
        let replies = try exchange(calls.map { $0.words { _ in [] } })
        if configuration.password != nil, case .failure(let error) = replies[0] {
            // Older servers have no word of their own for a wrong password.
            throw RedisError(.accessDenied, error.message, serverCode: error.serverCode)
        }
        for reply in replies { _ = try reply.get() }
        for (script, reply) in zip(RedisScript.allCases, replies.suffix(RedisScript.allCases.count)) {
            if case .bytes(let digest) = reply { digests[script] = digest }
        }
    }

    /// Sends calls together and reads a reply for each. A reply may say that its call failed.
    /// - Throws: ``RedisError`` when the connection is of no use any more.
    func run(_ calls: [RedisCall]) throws(RedisError) -> [RedisReply] {
        var replies = try exchange(calls.map { $0.words { [Array("EVALSHA".utf8), digests[$0] ?? []] } })
        // The server may have lost its scripts, as in a failover.
        let unknown = replies.indices.filter { index in
            if case .failure(let error) = replies[index] { error.serverCode == "NOSCRIPT" } else { false }
        }
        guard !unknown.isEmpty else { return replies }
        let repeated = try exchange(unknown.map { calls[$0].words { [Array("EVAL".utf8), $0.text] } })
        for (index, reply) in zip(unknown, repeated) { replies[index] = reply }
        return replies
    }

    // MARK: Bytes

    private func exchange(_ commands: [[[UInt8]]]) throws(RedisError) -> [RedisReply] {
        var bytes: [UInt8] = []
        for command in commands { try append(command, to: &bytes) }
        try send(bytes)
        var replies: [RedisReply] = []
        replies.reserveCapacity(commands.count)
        for _ in commands { replies.append(try receive()) }
        return replies
    }

    private func append(_ words: [[UInt8]], to bytes: inout [UInt8]) throws(RedisError) {
        var text: [UInt8] = []
        for word in words { text += word }
        var command: UnsafeMutablePointer<CChar>?
        let count = text.withUnsafeBytes { buffer in
            // Of no words at all there is no text, but words there always are.
            guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return Int32(-1) }
            var (starts, lengths): ([UnsafePointer<CChar>?], [Int]) = ([], [])
            var offset = 0
            for word in words {
                starts.append(base + offset)
                lengths.append(word.count)
                offset += word.count
            }
            return redisFormatCommandArgv(&command, Int32(words.count), &starts, &lengths)
        }
        guard count >= 0, let command else { throw RedisError(.connectionLost, "out of memory") }
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: command, count: Int(count)))
        redisFreeCommand(command)
    }

    /// Not by hiredis, whose `write` to a broken connection raises SIGPIPE.
    private func send(_ bytes: [UInt8]) throws(RedisError) {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { Self.send(context.pointee.fd, $0 + sent, buffer.count - sent, flags) } ?? 0
            }
            if count >= 0 { sent += count } else if errno != EINTR { throw failure(errno) }
        }
    }

    private func receive() throws(RedisError) -> RedisReply {
        var pointer: UnsafeMutableRawPointer?
        let status = redisGetReply(context, &pointer)
        let errorNumber = errno
        guard status == REDIS_OK, let pointer else { throw failure(errorNumber) }
        defer { freeReplyObject(pointer) }
        return RedisReply(pointer.assumingMemoryBound(to: redisReply.self).pointee)
    }

    // MARK: Errors

    private func failure(_ errorNumber: Int32) -> RedisError {
        let isOfSystem = context.pointee.err == 0 || context.pointee.err == REDIS_ERR_IO
        if isOfSystem, errorNumber == EAGAIN || errorNumber == EWOULDBLOCK {
            return RedisError(.timedOut, "Redis did not answer within \(configuration.commandTimeout)")
        }
        let reason = context.pointee.err == 0 ? String(cString: strerror(errorNumber)) : errorText
        return RedisError(.connectionLost, "the connection to Redis is lost: \(reason)")
    }

    private var errorText: String {
        withUnsafeBytes(of: &context.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static func send(_ socket: Int32, _ start: UnsafeRawPointer, _ count: Int, _ flags: Int32) -> Int {
        #if canImport(Glibc)
            Glibc.send(socket, start, count, flags)
        #else
            Darwin.send(socket, start, count, flags)
        #endif
    }
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = max(duration, .milliseconds(1)).components
        self.init(tv_sec: Int(min(seconds, 1_000_000)), tv_usec: .init(attoseconds / 1_000_000_000_000))
    }
}
