import Foundation
import LibPQ
import Servers

/// What a fault works on.
struct Scene: Sendable {
    let world: World
    let truth: Truth
    let poisons: Poisons
    let complaints: Complaints
    let omissions = Omissions()
}

/// Something that goes wrong and is mended again.
protocol Fault: Sendable {
    /// Strikes, lasts as long as planned, and mends.
    ///
    /// - Returns: whom it struck, for people.
    /// - Throws: `Obstacle` when it can't be had after all; what keeps it from being mended, and the run can't go on
    ///   then.
    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String
}

extension PlannedFault {
    /// The one of several that it strikes.
    func choice<Element>(of elements: [Element]) -> Element { elements[target % elements.count] }

    /// Waits as long as it lasts.
    func last() async throws { try await Task.sleep(for: .seconds(lasts)) }
}

extension FaultKind {
    /// What does it.
    var fault: any Fault {
        switch self {
        case .dispatcherKill: ProcessKill(processes: \.dispatchers)
        case .dispatcherPause: ProcessPause(processes: \.dispatchers)
        case .dispatcherStop: ProcessStop(processes: \.dispatchers)
        case .consumerKill: ProcessKill(processes: \.consumers)
        case .consumerPause: ProcessPause(processes: \.consumers)
        case .consumerStop: ProcessStop(processes: \.consumers)
        case .postgresRestart: PostgresRestart(mode: .fast)
        case .postgresCrash: PostgresRestart(mode: .immediate)
        case .postgresTerminate: SessionsTerminated()
        case .diskFull: DiskFull()
        case .brokerKill: BrokerDown(isKilled: true)
        case .brokerRestart: BrokerDown(isKilled: false)
        case .brokerPause: BrokerPause()
        case .leaderChange: LeaderChange()
        case .replicasLost: ReplicasLost()
        case .networkDelay, .networkStall, .networkCut, .networkHalfClose: NetworkTrouble(kind: self)
        case .poisonPayload, .poisonTopicName, .poisonTopic, .poisonSize, .poisonProjection: PoisonEvent(kind: self)
        case .poisonRecord: PoisonRecord()
        }
    }

    /// Why it can't be had in a run; nil when it can.
    func obstacle(_ settings: RunSettings) -> String? {
        switch self {
        // A topic never asks for more replicas than it has.
        case .leaderChange where settings.brokers < 3, .replicasLost where settings.brokers < 3: "needs --brokers 3"
        case .diskFull: DiskFull.obstacle
        default: nil
        }
    }
}
