import CLibRDKafka

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Starts threads of our own, for what blocks: Swift's cooperative pool must not wait in librdkafka.
enum OwnThread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// - Parameters:
    ///   - name: Shown by `top -H` and debuggers; at most 15 characters.
    ///   - body: What the thread does; it ends when this returns.
    /// - Returns: Whether the system granted the thread.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let status = pthread_create(&thread, nil, threadMain, start.toOpaque())
        guard status == 0 else {
            start.release()
            return false
        }
        #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
        return true
    }

    #if canImport(Darwin)
        private static let threadMain: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
            run($0)
            return nil
        }
    #else
        private static let threadMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            if let argument = $0 { run(argument) }
            return nil
        }
    #endif

    private static func run(_ argument: UnsafeMutableRawPointer) {
        // Signals belong to the application's threads: a handler must not interrupt librdkafka here, and a
        // broken connection's SIGPIPE must not end the process.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        outbox_rdkafka_name_thread(start.name)
        start.body()
    }
}
