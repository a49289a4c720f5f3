import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Counts who is inside and, once closed, lets nobody in: a handle may be destroyed when the last one has left.
struct Gate: ~Copyable, Sendable {
    private static var closedBit: Int { Int.min }
    private let inside = Atomic<Int>(0)

    /// - Returns: Whether the caller is in, and so must `leave()`.
    func enter() -> Bool {
        if inside.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue > 0 { return true }
        leave()
        return false
    }

    func leave() {
        inside.wrappingSubtract(1, ordering: .acquiringAndReleasing)
    }

    var isClosed: Bool {
        inside.load(ordering: .acquiring) < 0
    }

    var isEmpty: Bool {
        inside.load(ordering: .acquiring) & ~Self.closedBit == 0
    }

    /// - Returns: Whether this call closed it.
    func close() -> Bool {
        inside.bitwiseOr(Self.closedBit, ordering: .acquiringAndReleasing).oldValue >= 0
    }

    /// Waits on the calling thread (one of ours) until everybody has left.
    func waitUntilEmpty() {
        while !isEmpty { usleep(500) }
    }
}
