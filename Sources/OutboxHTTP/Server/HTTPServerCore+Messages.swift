import CMicroHTTPD
import OutboxTelemetry

// What happens on libmicrohttpd's thread.
extension HTTPServerCore {
    /// libmicrohttpd has something of a request.
    func handle(
        _ exchange: HTTPExchange, _ connection: MHDConnection, method: UnsafePointer<CChar>,
        upload: UnsafeRawBufferPointer
    ) -> MHD_Result {
        switch exchange.next(upload) {
        case .goOn: return .YES
        case .breakOff: return .NO
        case .respond(let response): return queue(response, exchange, connection)
        case .refuse(let error, let request): return queue(router.response(to: error, request), exchange, connection)
        case .readHead:
            add(exchange)
            let (request, refusal) = readHead(exchange, connection, method: String(cString: method))
            exchange.receive(request)
            guard let refusal else { return .YES }
            return queue(router.response(to: refusal, request), exchange, connection)
        case .run:
            connections.setDeadline(nil, for: connection)
            exchange.run(timeout: limits.handlerTimeout) { [self] in await respond(to: $0) }
            return .YES
        }
    }

    /// libmicrohttpd is done with a request.
    func complete(_ exchange: HTTPExchange, _ connection: MHDConnection) {
        exchange.close()
        remove(exchange)
        connections.setDeadline(.now + limits.requestTimeout, for: connection)
    }

    /// Reads the request's line and headers, and says no before the body is read, where it can be known.
    private func readHead(
        _ exchange: HTTPExchange, _ connection: MHDConnection, method: String
    ) -> (HTTPRequest, refusal: HTTPError?) {
        var refusal: HTTPError?
        var parsed = RequestTarget.invalid
        do throws(HTTPError) { parsed = try RequestTarget(exchange.target) } catch { refusal = error }
        let request = HTTPRequest(
            method: method, target: exchange.target, parsed: parsed, headers: Self.headers(of: connection),
            clientAddress: SocketAddress.host(of: outbox_http_client_address(connection.pointer)))
        return (request, self.refusal(request) ?? refusal)
    }

    private func refusal(_ request: HTTPRequest) -> HTTPError? {
        if isDraining { return .stopping }
        if let refusal = RequestHead.refusal(of: request.headers) { return refusal }
        let length = request.headers["Content-Length"].map { Int($0) ?? Int.max } ?? 0
        guard length > limits.maximumBodyBytes else { return nil }
        // A client that sends regardless may see its connection reset before it sees the answer. So what is not much
        // too large is read and thrown away first.
        let isWaiting = request.headers["Expect"] != nil
        return isWaiting || length - limits.maximumBodyBytes > limits.maximumSurplusBytes ? .bodyTooLarge : nil
    }

    private static func headers(of connection: MHDConnection) -> HTTPHeaders {
        var headers = HTTPHeaders()
        withUnsafeMutablePointer(to: &headers) { headers in
            _ = MHD_get_connection_values(
                connection.pointer, .HEADER_KIND,
                { context, _, name, value in
                    if let context, let name {
                        context.assumingMemoryBound(to: HTTPHeaders.self).pointee
                            .add(String(cString: name), value.map { String(cString: $0) } ?? "")
                    }
                    return .YES
                }, headers)
        }
        return headers
    }

    private func queue(
        _ response: HTTPResponse, _ exchange: HTTPExchange, _ connection: MHDConnection
    ) -> MHD_Result {
        let stream: HTTPBodyStream?
        let message: OpaquePointer?
        switch response.body {
        case .bytes(let bytes):
            stream = nil
            message = bytes.withUnsafeBytes {
                MHD_create_response_from_buffer(
                    $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .stream(let isEndless, _):
            let body = HTTPBodyStream(connection: connection, isEndless: isEndless)
            stream = body
            message = MHD_create_response_from_callback(
                UInt64.max, 16_384, MHDCallbacks.read, Unmanaged.passRetained(body).toOpaque(), MHDCallbacks.release)
        }
        guard let message else {
            logger.error("No memory for a response")
            return .NO
        }
        defer { MHD_destroy_response(message) }
        let isHead = exchange.isHead
        // libmicrohttpd 0.9.75 would send the end of a chunked body, which a client takes for its next response.
        if isHead, stream != nil { outbox_http_close_at_end(message) }
        add(response.headers, to: message)
        // Once stopping, a connection is of no further use.
        if isDraining { MHD_add_response_header(message, "Connection", "close") }

        connections.setDeadline(stream == nil ? .now + limits.responseTimeout : nil, for: connection)
        exchange.responded(stream)
        let status = (200...599).contains(response.status.rawValue) ? response.status : .internalServerError
        let result = MHD_queue_response(connection.pointer, UInt32(status.rawValue), message)
        if let stream, case .stream(_, let produce) = response.body {
            if result == .YES, !isHead { stream.start(produce) } else { stream.end() }
        }
        return result
    }

    /// Fields that libmicrohttpd sets itself are left out, and so are those that it refuses (line feeds, for one).
    private func add(_ headers: HTTPHeaders, to message: OpaquePointer) {
        for field in headers.fields {
            switch field.name.lowercased() {
            case "content-length", "transfer-encoding", "date": continue
            case "connection" where field.value.lowercased() != "close": continue
            default:
                if MHD_add_response_header(message, field.name, field.value) != .YES {
                    logger.warning("A response header is not valid", metadata: ["name": .string(field.name)])
                }
            }
        }
    }
}
