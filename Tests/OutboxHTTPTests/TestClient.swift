import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A client that sends exactly what the test says. Waits on threads of its own, never on one of Swift's pool.
final class TestClient: Sendable {
    struct Response: Sendable {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    enum Failure: Error {
        case cannotConnect(Int32)
        case closed
        case timedOut
        case notHTTP(String)
    }

    private let fileDescriptor: Int32
    private let isClosed = Mutex(false)
    private let buffer = Mutex<[UInt8]>([])
    private let queue = DispatchQueue(label: "test client")

    init(port: UInt16, isIPv6: Bool = false, receiveBytes: Int32? = nil) throws {
        #if canImport(Darwin)
            let kind = SOCK_STREAM
        #else
            let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        fileDescriptor = socket(isIPv6 ? AF_INET6 : AF_INET, kind, 0)
        // Nothing here takes long; a test that would hang fails instead.
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(fileDescriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(fileDescriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBytes {
            setsockopt(fileDescriptor, SOL_SOCKET, SO_RCVBUF, &receiveBytes, socklen_t(MemoryLayout<Int32>.size))
        }
        let status: Int32
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(fileDescriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(fileDescriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        guard status == 0 else {
            let number = errno
            systemClose(fileDescriptor)
            throw Failure.cannotConnect(number)
        }
    }

    deinit { close() }

    func close() {
        isClosed.withLock { isClosed in
            guard !isClosed else { return }
            isClosed = true
            systemClose(fileDescriptor)
        }
    }

    /// Tells the server that nothing more will come.
    func shutDownSending() { shutdown(fileDescriptor, Int32(SHUT_WR)) }

    /// Sends bytes; those that the server no longer takes are dropped.
    func send(_ bytes: [UInt8]) async {
        await onThread { fileDescriptor in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    systemSend(fileDescriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent)
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    func send(_ text: String) async { await send(Array(text.utf8)) }

    /// Sends a request and reads the response.
    func request(
        _ method: String = "GET", _ target: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Response {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: test\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        await send(Array((head + "\r\n").utf8) + (body ?? []))
        return try await response(hasBody: method != "HEAD")
    }

    /// Reads a response, its body by length or chunks.
    func response(hasBody: Bool = true) async throws -> Response {
        let head = try await readHead()
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
        let statusLine = lines.popFirst() ?? ""
        guard statusLine.hasPrefix("HTTP/1."), let status = Int(statusLine.dropFirst(9).prefix(3)) else {
            throw Failure.notHTTP(String(head.prefix(200)))
        }
        if status == 100 { return try await response(hasBody: hasBody) }
        var headers: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        var response = Response(status: status, headers: headers, body: [])
        guard hasBody, status != 204 else { return response }
        if headers["transfer-encoding"] == "chunked" {
            while let chunk = try await readChunk() { response.body += chunk }
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            response.body = try await read(length)
        }
        return response
    }

    /// Reads a response's line and headers.
    func readHead() async throws -> String {
        let end = Array("\r\n\r\n".utf8)
        while true {
            let head = buffer.withLock { buffer -> [UInt8]? in
                guard let range = buffer.firstRange(of: end) else { return nil }
                defer { buffer.removeFirst(range.upperBound) }
                return Array(buffer[..<range.lowerBound])
            }
            if let head { return String(decoding: head, as: UTF8.self) }
            try await receive()
        }
    }

    /// Reads a chunk of a chunked body; nil at its end.
    func readChunk() async throws -> [UInt8]? {
        var line: [UInt8] = []
        while !line.suffix(2).elementsEqual("\r\n".utf8) { line += try await read(1) }
        guard let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) else {
            throw Failure.notHTTP(String(decoding: line, as: UTF8.self))
        }
        let chunk = try await read(size)
        _ = try await read(2)
        return size == 0 ? nil : chunk
    }

    func read(_ count: Int) async throws -> [UInt8] {
        while true {
            let bytes = buffer.withLock { buffer -> [UInt8]? in
                guard buffer.count >= count else { return nil }
                defer { buffer.removeFirst(count) }
                return Array(buffer.prefix(count))
            }
            if let bytes { return bytes }
            try await receive()
        }
    }

    /// Reads until the server closes.
    func waitForClose() async throws {
        while true {
            do { try await receive() } catch Failure.closed { return }
        }
    }

    private func receive() async throws {
        let result = await onThread { fileDescriptor -> Result<[UInt8], Failure> in
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(fileDescriptor, &chunk, chunk.count, 0)
            if count > 0 { return .success(Array(chunk[..<count])) }
            return .failure(count < 0 && errno == EAGAIN ? .timedOut : .closed)
        }
        let bytes = try result.get()
        buffer.withLock { $0 += bytes }
    }

    private func onThread<Result: Sendable>(_ body: @escaping @Sendable (Int32) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { [fileDescriptor] in continuation.resume(returning: body(fileDescriptor)) }
        }
    }
}

private func systemClose(_ fileDescriptor: Int32) { _ = close(fileDescriptor) }

private func systemSend(_ fileDescriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
        send(fileDescriptor, bytes, count, 0)
    #else
        send(fileDescriptor, bytes, count, Int32(MSG_NOSIGNAL))
    #endif
}
