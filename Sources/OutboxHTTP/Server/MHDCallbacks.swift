import CMicroHTTPD
import OutboxTelemetry

/// The functions that libmicrohttpd calls, on its thread. They only find the object that is meant.
enum MHDCallbacks {
    /// The request's first line is there. What is returned is the exchange in the other calls.
    static let uri:
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
            context, uri, connection in
            guard let core = core(context), let uri, let connection else { return nil }
            let exchange = HTTPExchange(
                target: String(cString: uri), connection: MHDConnection(pointer: connection),
                limits: core.limits)
            return Unmanaged.passRetained(exchange).toOpaque()
        }

    static let handler: MHD_AccessHandlerCallback = { context, connection, _, method, _, upload, uploadSize, slot in
        guard let core = core(context), let exchange = exchange(slot), let connection, let method, let uploadSize
        else { return .NO }
        let bytes = UnsafeRawBufferPointer(start: upload, count: upload == nil ? 0 : uploadSize.pointee)
        // All of it is always taken.
        uploadSize.pointee = 0
        return core.handle(exchange, MHDConnection(pointer: connection), method: method, upload: bytes)
    }

    static let completed: MHD_RequestCompletedCallback = { context, connection, slot, _ in
        guard let core = core(context), let exchange = exchange(slot), let connection, let slot else { return }
        core.complete(exchange, MHDConnection(pointer: connection))
        if let pointer = slot.pointee { Unmanaged<HTTPExchange>.fromOpaque(pointer).release() }
        slot.pointee = nil
    }

    static let connectionChanged: MHD_NotifyConnectionCallback = { context, connection, _, change in
        guard let core = core(context), let connection else { return }
        let wrapped = MHDConnection(pointer: connection)
        if change == .CONNECTION_NOTIFY_STARTED {
            core.connections.add(
                wrapped, fileDescriptor: outbox_http_socket(connection), deadline: .now + core.limits.requestTimeout)
        } else {
            core.connections.remove(wrapped)
        }
    }

    /// Targets are decoded here, not by libmicrohttpd, which would take `%2F` for a `/` and stop at `%00`.
    static let unescape:
        @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?) -> Int = {
            _, _, text in
            var length = 0
            while let text, text[length] != 0 { length += 1 }
            return length
        }

    static let log: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void = { context, line in
        guard let core = core(context), let line else { return }
        core.logger.debug("libmicrohttpd", metadata: ["line": .string(String(cString: line))])
    }

    static let read: MHD_ContentReaderCallback = { context, _, buffer, size in
        guard let context, let buffer else { return -2 }
        let stream = Unmanaged<HTTPBodyStream>.fromOpaque(context).takeUnretainedValue()
        // libmicrohttpd's own names for these are macros with a cast, which Swift can't import.
        switch stream.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size)) {
        case .bytes(let count): return count
        case .suspended: return 0
        case .end: return -1
        case .failure: return -2
        }
    }

    static let release: MHD_ContentReaderFreeCallback = { context in
        if let context { Unmanaged<HTTPBodyStream>.fromOpaque(context).release() }
    }

    private static func core(_ context: UnsafeMutableRawPointer?) -> HTTPServerCore? {
        context.map { Unmanaged<HTTPServerCore>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func exchange(_ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> HTTPExchange? {
        slot?.pointee.map { Unmanaged<HTTPExchange>.fromOpaque($0).takeUnretainedValue() }
    }
}
