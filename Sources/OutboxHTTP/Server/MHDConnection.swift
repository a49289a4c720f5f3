import CMicroHTTPD

/// A connection of libmicrohttpd's.
///
/// `@unchecked Sendable` holds because its owners (``HTTPExchange``, ``HTTPBodyStream``) use it under their lock only,
/// and let go of it, under that lock, when libmicrohttpd says that the request is over.
struct MHDConnection: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes the connection out of libmicrohttpd's loop. On libmicrohttpd's thread only.
    func suspend() { MHD_suspend_connection(pointer) }

    /// Puts the connection back into the loop. On any thread.
    func resume() { MHD_resume_connection(pointer) }
}
