/// What one dispatcher does about its share of the lanes; decided from a ``LeaseBoard`` alone.
///
/// Everybody who sees the same board makes the same shares: each member gets `lanes / members`, and those that own most
/// already get the ones that are left over. So lanes move only when shares demand it, no two members go for the same free
/// lane, and the shares don't change once they are reached.
struct LeasePlan: Equatable {
    /// Free lanes that fall to this instance.
    var take: [Int] = []
    /// How many of its lanes it owns beyond its share.
    var surplus = 0
    /// It owns its share, and nobody waits for a lane of it.
    var isSettled = true

    /// - Parameters:
    ///   - instance: whose plan it is.
    ///   - isLeaving: whether the instance stops, and so has no share.
    ///   - releasing: lanes that it is about to release.
    init(board: LeaseBoard, instance: String, isLeaving: Bool = false, releasing: Set<Int> = []) {
        var owned: [String: Int] = [:]
        var free: [Int] = []
        for (lane, state) in board.lanes.enumerated() {
            let isReleased = state.owner == instance && releasing.contains(lane)
            if let owner = state.owner, !isReleased { owned[owner, default: 0] += 1 } else { free.append(lane) }
        }
        var members = Set(board.dispatchers.lazy.filter { $0.isLive && !$0.isDrained }.map(\.instance))
        let isDrained = board.dispatcher(instance)?.isDrained ?? false
        if isLeaving || isDrained { members.remove(instance) } else { members.insert(instance) }
        guard members.contains(instance) else {
            surplus = owned[instance] ?? 0
            isSettled = surplus == 0
            return
        }
        let ranked = members.map { (instance: $0, owned: owned[$0] ?? 0) }
            .sorted { ($1.owned, $0.instance) < ($0.owned, $1.instance) }
        let (share, leftOver) = board.lanes.count.quotientAndRemainder(dividingBy: ranked.count)
        // Who owns least chooses first.
        for (rank, member) in ranked.enumerated().reversed() {
            let need = share + (rank < leftOver ? 1 : 0) - member.owned
            if member.instance == instance {
                take = free.prefix(max(0, need)).filter { !releasing.contains($0) }
                surplus = max(0, -need)
                isSettled = need == 0
                return
            }
            free.removeFirst(min(max(0, need), free.count))
        }
    }
}
