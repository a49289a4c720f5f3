/// Which faults come when. The same seed gives the same plan.
struct FaultPlan: Sendable, Hashable {
    let seed: UInt64
    /// By time; those of the same time strike together.
    let faults: [PlannedFault]

    /// Draws a plan. Every kind comes once before any comes again.
    ///
    /// - Parameters:
    ///   - seconds: how long it may go on.
    ///   - kinds: what to choose from; not empty.
    ///   - lease: the dispatchers' lease in seconds, for pauses that outlast it.
    init(seed: UInt64, seconds: Double, kinds: [FaultKind], lease: Double) {
        var generator = SeededGenerator(seed: seed, part: 1)
        var deck: [FaultKind] = []
        var faults: [PlannedFault] = []
        var time = 1.0
        func draw(_ kind: FaultKind) -> PlannedFault {
            let lasts = Double.random(in: kind.seconds(lease: lease), using: &generator)
            return PlannedFault(
                number: faults.count + 1, kind: kind, at: Self.rounded(time), lasts: Self.rounded(lasts),
                target: Int.random(in: 0..<1_000_000, using: &generator),
                variant: Int.random(in: 0..<1_000_000, using: &generator))
        }
        while time < seconds {
            if deck.isEmpty { deck = kinds.shuffled(using: &generator) }
            let first = draw(deck.removeLast())
            faults.append(first)
            var lasts = first.lasts
            // Trouble seldom comes alone.
            if Int.random(in: 0..<4, using: &generator) == 0, let next = deck.last, first.kind.resource != .nothing,
                next.resource != first.kind.resource
            {
                let second = draw(deck.removeLast())
                faults.append(second)
                lasts = max(lasts, second.lasts)
            }
            let pause = first.kind.resource == .nothing ? 0.2...1.0 : 2.0...6.0
            time += lasts + Double.random(in: pause, using: &generator)
        }
        self.seed = seed
        self.faults = faults.filter { $0.at + $0.lasts <= seconds }
    }

    /// The faults that strike at the same time, by time.
    var moments: [[PlannedFault]] {
        var moments: [[PlannedFault]] = []
        for fault in faults {
            if let last = moments.last?.first, last.at == fault.at {
                moments[moments.count - 1].append(fault)
            } else {
                moments.append([fault])
            }
        }
        return moments
    }

    private static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
