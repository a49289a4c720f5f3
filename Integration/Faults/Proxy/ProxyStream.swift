import Glibc

/// One direction of a connection: what was read and is not written yet.
struct ProxyStream {
    private struct Chunk {
        let bytes: [UInt8]
        var written = 0
        /// When it may be written.
        let due: ContinuousClock.Instant
    }

    let source, destination: Int32
    private var chunks: [Chunk] = []
    private var buffered = 0
    /// The source has said all.
    private(set) var hasEnded = false
    /// The destination has been told that no more comes.
    private(set) var isShut = false

    private static let limit = 256 << 10

    init(from source: Int32, to destination: Int32) {
        self.source = source
        self.destination = destination
    }

    var wantsToRead: Bool { !hasEnded && buffered < Self.limit }

    /// When there is something to write; nil for nothing.
    var due: ContinuousClock.Instant? { chunks.first?.due }

    /// Reads what is there.
    ///
    /// - Returns: false when the connection broke.
    mutating func read(delay: Duration, now: ContinuousClock.Instant) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 32 << 10)
        let count = Glibc.read(source, &bytes, bytes.count)
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        if count == 0 {
            hasEnded = true
            shutWhenEmpty()
            return true
        }
        // To a destination that was told the end, nothing can be said any more.
        if isShut { return true }
        chunks.append(Chunk(bytes: Array(bytes.prefix(count)), due: now + delay))
        buffered += count
        return true
    }

    /// Writes what is due, as far as the destination takes it.
    ///
    /// - Returns: false when the connection broke.
    mutating func write(now: ContinuousClock.Instant) -> Bool {
        while let chunk = chunks.first, chunk.due <= now {
            let rest = chunk.bytes.count - chunk.written
            let count = chunk.bytes.withUnsafeBytes {
                Glibc.send(destination, $0.baseAddress?.advanced(by: chunk.written), rest, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            if count < rest {
                chunks[0].written += count
                return true
            }
            chunks.removeFirst()
            buffered -= chunk.bytes.count
        }
        shutWhenEmpty()
        return true
    }

    /// Tells the destination that no more comes, whatever the source has still to say.
    mutating func shut() {
        chunks = []
        buffered = 0
        guard !isShut else { return }
        isShut = true
        _ = shutdown(destination, Int32(SHUT_WR))
    }

    private mutating func shutWhenEmpty() {
        if hasEnded, chunks.isEmpty { shut() }
    }
}
