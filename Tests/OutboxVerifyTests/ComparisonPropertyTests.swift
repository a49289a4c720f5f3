import FoundationEssentials
import Testing

@testable import OutboxVerify

@Suite("Comparison: random histories")
struct ComparisonPropertyTests {
    /// A small generator with a fixed beginning (SplitMix64).
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let aggregates: UInt64 = 40
    private static let partitions = 3

    /// Events of several aggregates, published in order, some batches sent again, some replayed, some still pending.
    private static func history(_ numbers: inout Numbers) -> Story {
        var story = Story()
        var chains: [UInt64: [Int]] = [:]
        for n in 1...600 {
            let aggregate = UInt64.random(in: 0..<aggregates, using: &numbers)
            chains[aggregate, default: []].append(n)
            story.row(n, of: aggregate)
        }
        while let (aggregate, chain) = chains.sorted(by: { $0.key < $1.key }).randomElement(using: &numbers) {
            let batch = chain.prefix(Int.random(in: 1...4, using: &numbers))
            let times = Int.random(in: 0..<6, using: &numbers) == 0 ? 2 : 1
            for _ in 0..<times {
                for n in batch { story.record(n, of: aggregate, partition: Int(aggregate) % partitions) }
            }
            if Int.random(in: 0..<10, using: &numbers) == 0 {
                story.record(chain[0], of: aggregate, partition: Int(aggregate) % partitions, isReplay: true)
            }
            chains[aggregate] = batch.count == chain.count ? nil : Array(chain.dropFirst(batch.count))
        }
        for n in 601...620 { story.row(n, of: UInt64(n) % aggregates, .pending) }
        story.applied = (1...600).map(Story.id)
        story.judgement.consumer = Story.consumer(
            nextOffsets: (0..<partitions).map { partition in Int64(story.records.count { $0.partition == partition }) })
        return story
    }

    /// Does something wrong to the event, one of its own aggregate at the history's end.
    private static func harm(_ story: inout Story, _ kind: Violation, _ n: Int) {
        let aggregate = UInt64(n)
        let partition = n % partitions
        story.row(n, of: aggregate, [.early, .neverPublished].contains(kind) ? .pending : .settled)
        if kind == .unknown { story.rows.removeLast() }
        if kind == .outOfOrder {
            story.row(n + 1, of: aggregate)
            story.record(n + 1, of: aggregate, partition: partition)
            story.applied.append(Story.id(n + 1))
        }
        if kind != .missing && kind != .neverPublished { story.record(n, of: aggregate, partition: partition) }
        if kind == .wrongContent { story.records[story.records.count - 1].digest = 0 }
        if kind == .duplicated { story.record(n, of: aggregate, partition: partition) }
        if kind != .missing && kind != .notApplied { story.applied.append(Story.id(n)) }
        // The consumer goes on.
        story.judgement.consumer?.nextOffsets[partition] = Int64(
            story.records.count { $0.partition == partition })
    }

    @Test("what was done wrong is found, all of it and nothing else, in one pass and in several", arguments: 1...30)
    func found(seed: UInt64) {
        var numbers = Numbers(state: seed)
        var story = Self.history(&numbers)
        #expect(story.wrongs == [], "seed \(seed)")
        var expected: Set<Wrong> = []
        for fault in 0..<Int.random(in: 1...12, using: &numbers) {
            let kind = Violation.allCases.randomElement(using: &numbers) ?? .missing
            let n = 1000 + fault * 10
            Self.harm(&story, kind, n)
            if kind != .duplicated { expected.insert(Wrong(kind, n)) }
        }
        #expect(story.wrongs == expected, "seed \(seed)")

        let passes: UInt64 = 3
        var inPasses: Set<Wrong> = []
        for pass in 0..<passes {
            for finding in story.verdict(owns: { $0 % passes == pass }).findings {
                #expect(inPasses.insert(Wrong(finding.kind, finding.eventID)).inserted, "seed \(seed)")
            }
        }
        #expect(inPasses == expected, "seed \(seed)")
    }
}
