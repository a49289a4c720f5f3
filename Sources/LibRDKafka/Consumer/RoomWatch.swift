/// Says when librdkafka should look again whether its queue has room.
///
/// Before 2.2 it stops fetching when its queue is full and looks only a second later, however soon there is room again;
/// but the thread that fetches looks whenever it is woken, and a request to its broker does that.
struct RoomWatch {
    /// Below so many records a queue is not worth a request.
    private static let worthwhile = 10_000
    private var most = 0
    private var isAsking = false

    /// Takes the length of the queue.
    /// - Returns: whether to ask now; ``asked()`` must follow. So it is whenever the queue has lost half of what it had.
    mutating func shouldAsk(queued: Int) -> Bool {
        most = max(most, queued)
        guard !isAsking, most >= Self.worthwhile, queued <= most / 2 else { return false }
        most = queued
        isAsking = true
        return true
    }

    /// The question has been answered, or has failed.
    mutating func asked() { isAsking = false }
}
