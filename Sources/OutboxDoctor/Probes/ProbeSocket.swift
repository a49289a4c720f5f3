import Glibc

/// Why a port could not be reached.
struct ProbeFailure: Error {
    let answer: PortProbe.Answer
}

/// A TCP connection for one question; blocks, for no longer than its limit.
struct ProbeSocket: ~Copyable {
    private let descriptor: Int32
    private let deadline: ContinuousClock.Instant

    init(_ address: ServerAddress, within limit: Duration) throws(ProbeFailure) {
        deadline = .now + limit
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, String(address.port), &hints, &list) == 0, let first = list else {
            throw ProbeFailure(answer: .unknownHost)
        }
        defer { freeaddrinfo(first) }
        var answer = PortProbe.Answer.silent
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let candidate = next {
            next = candidate.pointee.ai_next
            let file = socket(candidate.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            guard file >= 0 else { continue }
            var code: Int32 = 0
            if connect(file, candidate.pointee.ai_addr, candidate.pointee.ai_addrlen) != 0 {
                code = errno == EINPROGRESS ? Self.outcome(of: file, until: deadline) : errno
            }
            if code == 0 {
                descriptor = file
                return
            }
            close(file)
            switch code {
            case ECONNREFUSED: answer = .refused
            case ETIMEDOUT: answer = .silent
            default: answer = .unreachable(String(cString: strerror(code)))
            }
        }
        throw ProbeFailure(answer: answer)
    }

    deinit { close(descriptor) }

    /// - Returns: the first bytes of the answer; `nil` when there is none in time.
    func ask(_ question: [UInt8]) -> [UInt8]? { isSent(question) ? next(64) : nil }

    /// - Returns: all that comes until the other side ends; `nil` when it does not in time, or sends more than `limit`.
    func answer(to question: [UInt8], limit: Int) -> [UInt8]? {
        guard isSent(question) else { return nil }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            guard let more = next(65_536) else { return nil }
            if more.isEmpty { return bytes }
            bytes += more
        }
        return nil
    }

    private func isSent(_ question: [UInt8]) -> Bool {
        send(descriptor, question, question.count, Int32(MSG_NOSIGNAL)) == question.count
    }

    /// - Returns: what has come, nothing at the end; `nil` when nothing comes in time.
    private func next(_ most: Int) -> [UInt8]? {
        guard Self.wait(for: descriptor, Int16(POLLIN), until: deadline) else { return nil }
        var bytes = [UInt8](repeating: 0, count: most)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }

    private static func outcome(of file: Int32, until deadline: ContinuousClock.Instant) -> Int32 {
        guard wait(for: file, Int16(POLLOUT), until: deadline) else { return ETIMEDOUT }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(file, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno
    }

    private static func wait(for file: Int32, _ events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
        var entry = pollfd(fd: file, events: events, revents: 0)
        let left = Int32(max(0, min(60_000, (deadline - .now) / .milliseconds(1))))
        return poll(&entry, 1, left) == 1
    }
}
