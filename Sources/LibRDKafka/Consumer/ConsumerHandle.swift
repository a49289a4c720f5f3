import CLibRDKafka

/// Destroys a consumer's client when the consumer is closed and its last record is gone.
final class ConsumerHandle: @unchecked Sendable {
    // Safe to share: `isDestroyed` is only written by the sole owner.
    let client: Client
    private var isDestroyed = false

    init(_ client: Client) {
        self.client = client
    }

    /// Destroys the client on the calling thread (one of ours); only for the sole owner of this object.
    func destroy() {
        isDestroyed = true
        client.destroy(flags: RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }

    /// Leaves the client to the process's end, for one that can't be destroyed.
    func abandon() { isDestroyed = true }

    deinit {
        guard !isDestroyed else { return }
        // The last record may go away on any thread, and destroying blocks.
        _ = client.close()
        _ = BlockingCalls.shared.run { [client] in
            client.destroy(flags: RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        }
    }
}
