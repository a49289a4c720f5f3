import Foundation
import LibPQ
import QueryCache
import Servers
import Workforce

/// The time from a command's commit until the cached answer shows it, one event after another.
struct LatencyMeasurement {
    let system: DemoSystem
    let checklist: Checklist

    private static let events = 1000

    func play() async throws {
        Print.heading("\(Self.events) more events: time from commit to refreshed cache")
        let service = CommandService(pool: system.commandPool)
        let context = CommandContext(tenantID: DemoSystem.tenant, actor: "demo")
        let key =
            WorkforceCacheKey.position(TenantKey(tenantID: DemoSystem.tenant, code: Scenario.positionCode)).text ?? ""
        let cache = PostgresQueryCache(pool: system.queryPool)
        var times: [Duration] = []
        for index in 1...Self.events {
            try Task.checkCancellation()
            let title = "Principal Engineer \(index)"
            _ = try await service.execute(UpdatePosition(code: Scenario.positionCode, title: title), context: context)
            let committed = ContinuousClock.now
            let deadline = committed + .seconds(60)
            while try await cachedTitle(cache, key) != title {
                guard ContinuousClock.now < deadline else {
                    return checklist.fail("event \(index) reached the cache within a minute")
                }
                try await Task.sleep(for: .milliseconds(1))
            }
            times.append(ContinuousClock.now - committed)
            if index % 250 == 0 { print("   \(index) of \(Self.events)") }
        }
        times.sort()
        func milliseconds(_ share: Double) -> String {
            let time = times[min(times.count - 1, Int(Double(times.count) * share))]
            return String(format: "%.1f ms", time / .milliseconds(1))
        }
        print("   p50 \(milliseconds(0.5))   p99 \(milliseconds(0.99))   longest \(milliseconds(1))")
        checklist.check("all \(Self.events) events reached the cache", times.count == Self.events)
    }

    private func cachedTitle(_ cache: PostgresQueryCache, _ key: String) async throws -> String? {
        guard let entry = try await cache.answer(for: key) else { return nil }
        return try JSONDecoder().decode(PositionAnswer.self, from: Data(entry.value)).title
    }
}
