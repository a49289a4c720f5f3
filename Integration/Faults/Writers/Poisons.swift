import Foundation
import Synchronization

/// The poison that was planted, to be accounted for at the end.
final class Poisons: Sendable {
    struct Poison: Sendable, Hashable {
        let id: UUID
        let kind: FaultKind
        let aggregate: AggregateKey

        /// Whether the operator gives it up at the end, rather than mending it.
        var isDiscarded: Bool {
            switch kind {
            case .poisonTopicName: true
            case .poisonPayload, .poisonSize, .poisonProjection: id.uuid.0 % 2 == 0
            default: false
            }
        }

        /// Whether the dispatcher parks it. An event whose topic is missing waits for the topic.
        var isParked: Bool { kind != .poisonProjection && kind != .poisonTopic }

        /// Whether it is the consumer that can't apply it.
        var isForConsumer: Bool { kind == .poisonProjection }

        var payload: String {
            switch kind {
            case .poisonPayload: #"["\#(id.uuidString)"]"#
            case .poisonSize:
                #"{"id": "\#(id.uuidString)", "text": "\#(Self.noise(RunSettings.maximumMessageBytes * 2))"}"#
            case .poisonProjection: #"{"id": "\#(id.uuidString)", "poison": true}"#
            default: mendedPayload
            }
        }

        var mendedPayload: String { #"{"id": "\#(id.uuidString)"}"# }

        /// Text that doesn't compress.
        private static func noise(_ count: Int) -> String {
            String((0..<count / 32).map { _ in UUID().uuidString.prefix(32) }.joined())
        }
    }

    private struct State {
        var planted: [Poison] = []
        var aggregates: Set<AggregateKey> = []
        var records: Set<String> = []
    }

    private let state = Mutex(State())

    var planted: [Poison] { state.withLock { $0.planted } }
    /// The keys of malformed records.
    var records: Set<String> { state.withLock { $0.records } }
    /// Those that may have to wait.
    var aggregates: Set<AggregateKey> { state.withLock { $0.aggregates } }

    /// A poison for an aggregate that has none yet; nil when half of them have.
    func plan(_ kind: FaultKind, _ planned: PlannedFault) -> Poison? {
        state.withLock { state in
            let aggregate: AggregateKey
            switch kind {
            case .poisonTopicName: aggregate = AggregateKey(type: "no topic's name!", id: "X\(planned.number)")
            case .poisonTopic:
                aggregate = AggregateKey(type: RunSettings.typeWithoutTopic, id: "G\(planned.number)")
            default:
                guard state.aggregates.count < RunSettings.aggregates / 2 else { return nil }
                var number = planned.target % RunSettings.aggregates
                while state.aggregates.contains(.ordinary(number)) { number = (number + 1) % RunSettings.aggregates }
                aggregate = .ordinary(number)
            }
            state.aggregates.insert(aggregate)
            return Poison(id: UUID(), kind: kind, aggregate: aggregate)
        }
    }

    func planted(_ poison: Poison) { state.withLock { $0.planted.append(poison) } }

    func plantedRecord(key: String) { state.withLock { _ = $0.records.insert(key) } }
}
