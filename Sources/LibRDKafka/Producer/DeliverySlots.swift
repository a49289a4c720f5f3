import CLibRDKafka
import Synchronization

/// Where a record's report is written; a message's `_private` points to its slot.
struct DeliverySlot {
    var batch: UnsafeRawPointer
    var offset: Int64
    var partition: Int32
    var error: Int32
}

/// The reports of one batch, in memory that is allocated once.
final class DeliverySlots: @unchecked Sendable {
    // Safe to share: slots up to `used` are written by the sender before the message is queued, then by the
    // polling thread alone until `unreported` reaches zero, and never after that. `used`, `rejections` and
    // `rejected` belong to the sender until it calls `seal`.
    private static let unsealed = 1 << 40
    private static let noOffset: Int64 = -1001

    let capacity: Int
    let slots: UnsafeMutablePointer<DeliverySlot>
    private(set) var used = 0
    private(set) var failures = 0
    private var rejections: [Int: KafkaError] = [:]
    private var isSealed = false
    /// What is still to be reported. Until it is sealed, `unsealed` is added, so that it cannot reach zero and the
    /// sender needs no atomic operation per message: it is enough that the polling thread takes off what it has
    /// reported and the sender, at last, puts on what it has queued.
    private let unreported = Atomic<Int>(DeliverySlots.unsealed)
    private let isAbandoned = Atomic<Bool>(false)
    private let waiter = Mutex<(isComplete: Bool, continuation: CheckedContinuation<Void, Never>?)>((false, nil))

    init(capacity: Int) {
        self.capacity = capacity
        slots = .allocate(capacity: max(1, capacity))
    }

    deinit {
        slots.deallocate()
    }

    // MARK: The sender's side

    /// The next message's slot; it counts when `queued()` says so.
    func nextSlot() -> UnsafeMutablePointer<DeliverySlot> {
        let slot = slots + used
        slot.initialize(
            to: DeliverySlot(
                batch: UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()), offset: Self.noOffset,
                partition: -1,
                error: KafkaError.Code.purgedInFlight.rawValue))
        return slot
    }

    func queued() {
        used += 1
    }

    var isFull: Bool { used == capacity }

    func rejected(_ error: KafkaError) {
        slots[used].error = error.code.rawValue
        rejections[used] = error
        used += 1
    }

    /// Once complete: whether the broker has acknowledged every message.
    var allAcknowledged: Bool {
        failures == 0 && rejections.isEmpty && !isAbandoned.load(ordering: .sequentiallyConsistent)
    }

    func rejection(at index: Int) -> KafkaError? {
        rejections[index]
    }

    /// No message will be added. Completes at once if all are reported already.
    ///
    /// - Returns: Whether that is so.
    func seal() -> Bool {
        guard !isSealed else { return false }
        isSealed = true
        if subtract(Self.unsealed - (used - rejections.count)) { return true }
        if isAbandoned.load(ordering: .sequentiallyConsistent) { complete() }
        return false
    }

    func completion() async {
        await withCheckedContinuation { continuation in
            let isComplete = waiter.withLock { waiter in
                if !waiter.isComplete { waiter.continuation = continuation }
                return waiter.isComplete
            }
            if isComplete { continuation.resume() }
        }
    }

    /// Once sealed: how many queued messages are not reported yet.
    var remaining: Int { max(0, unreported.load(ordering: .relaxed)) }

    // MARK: The polling thread's side

    /// - Returns: Whether those were the last.
    func reported(_ count: Int, failures failed: Int) -> Bool {
        failures += failed
        return subtract(count)
    }

    /// The producer is destroyed, so no further report will come: what has none counts as purged in flight.
    func abandon() {
        isAbandoned.store(true, ordering: .sequentiallyConsistent)
        if unreported.load(ordering: .sequentiallyConsistent) < Self.unsealed / 2 { complete() }
    }

    private func subtract(_ count: Int) -> Bool {
        guard unreported.wrappingSubtract(count, ordering: .sequentiallyConsistent).newValue == 0 else { return false }
        complete()
        return true
    }

    private func complete() {
        let continuation = waiter.withLock { waiter in
            waiter.isComplete = true
            return waiter.continuation.take()
        }
        continuation?.resume()
    }
}
