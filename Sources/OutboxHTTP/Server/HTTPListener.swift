#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A socket that listens. libmicrohttpd takes it over.
///
/// Made here rather than by libmicrohttpd, whose own errors don't say what is wrong.
struct HTTPListener {
    let fileDescriptor: Int32
    /// The address with the port that was taken.
    let address: HTTPAddress
    let isIPv6: Bool

    init(_ address: HTTPAddress) throws(HTTPError) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Darwin)
            hints.ai_socktype = SOCK_STREAM
        #else
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, String(address.port), &hints, &list)
        guard status == 0, let list else {
            throw HTTPError(
                .internalServerError, "Can't listen on \(address): \(String(cString: gai_strerror(status))).")
        }
        defer { freeaddrinfo(list) }

        var failure: Int32 = EADDRNOTAVAIL
        var candidate: UnsafeMutablePointer<addrinfo>? = list
        while let info = candidate?.pointee {
            switch Self.listen(on: info) {
            case .success(let fileDescriptor):
                self.fileDescriptor = fileDescriptor
                self.address = HTTPAddress(unchecked: address.host, port: Self.port(of: fileDescriptor) ?? address.port)
                isIPv6 = info.ai_family == AF_INET6
                return
            case .failure(let error): failure = error.number
            }
            candidate = info.ai_next
        }
        let reason = String(cString: strerror(failure))
        throw HTTPError(
            .internalServerError, "Can't listen on \(address): \(reason). Choose another address, or port 0 for any.")
    }

    private struct SystemError: Error {
        let number: Int32
    }

    private static func listen(on info: addrinfo) -> Result<Int32, SystemError> {
        let fileDescriptor = socket(info.ai_family, info.ai_socktype, info.ai_protocol)
        guard fileDescriptor >= 0 else { return .failure(SystemError(number: errno)) }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(fileDescriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if info.ai_family == AF_INET6 { setsockopt(fileDescriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
        guard fcntl(fileDescriptor, F_SETFD, FD_CLOEXEC) == 0, fcntl(fileDescriptor, F_SETFL, O_NONBLOCK) == 0,
            bind(fileDescriptor, info.ai_addr, info.ai_addrlen) == 0, systemListen(fileDescriptor, 511) == 0
        else {
            let number = errno
            close(fileDescriptor)
            return .failure(SystemError(number: number))
        }
        return .success(fileDescriptor)
    }

    private static func port(of fileDescriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutableBytes(of: &storage) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { getsockname(fileDescriptor, $0.baseAddress, &size) }
        }
        guard status == 0 else { return nil }
        return SocketAddress.port(of: storage)
    }
}

private func systemListen(_ fileDescriptor: Int32, _ backlog: Int32) -> Int32 { listen(fileDescriptor, backlog) }
