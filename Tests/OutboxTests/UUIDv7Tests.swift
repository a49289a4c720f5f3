import FoundationEssentials
import Testing

@testable import Outbox

@Suite("UUIDv7")
struct UUIDv7Tests {
    @Test("carries milliseconds, version and variant as RFC 9562 lays them out")
    func layout() {
        // The example of RFC 9562, appendix A.6: 2022-02-22T19:22:22.000Z.
        let uuid = UUIDv7.make(ticks: 0x017F_22E2_79B0 << 12 | 0xCC3, random: 0x18C4_DC0C_0C07_398F)
        #expect(uuid.uuidString.lowercased() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test("ids of one process grow, also within a millisecond and when the clock steps back")
    func grow() {
        let ids = (0..<10_000).map { UUIDv7.next(milliseconds: $0 % 100 == 0 ? 1 : nil).uuidString }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }
}
