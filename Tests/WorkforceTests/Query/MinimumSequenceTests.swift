import Testing
import Workforce

@Suite("What a reader wants to see applied")
struct MinimumSequenceTests {
    @Test("is read from a list, blanks or not")
    func list() throws {
        let id = "019b76da-a800-7c00-8a00-000000000002"
        #expect(
            MinimumSequence.list("P1000033=12, \(id)=11 ,\tORG_1-A=9223372036854775807") == [
                MinimumSequence(aggregateID: "P1000033", sequence: 12), MinimumSequence(aggregateID: id, sequence: 11),
                MinimumSequence(aggregateID: "ORG_1-A", sequence: .max),
            ])
    }

    @Test(
        "is refused when it is anything else",
        arguments: [
            "", "P1", "P1=", "=1", "P1=-1", "P1=+1", "P1=1.0", "P1=0x10", "P1=9223372036854775808", "P 1=1", "P1=1,",
            "P1= 1", "P1=1;P2=2", "P1='1'", "P1=١", String(repeating: "A", count: 65) + "=1",
        ])
    func refused(text: String) {
        #expect(MinimumSequence.list(text) == nil)
    }

    @Test("is refused when it is too much")
    func tooMany() {
        let list = Array(repeating: "P1=1", count: MinimumSequence.maximumCount)
        #expect(MinimumSequence.list(list.joined(separator: ","))?.count == MinimumSequence.maximumCount)
        #expect(MinimumSequence.list((list + ["P1=1"]).joined(separator: ",")) == nil)
    }
}
