import FoundationEssentials
import LibRDKafka
import Servers
import Testing

@Suite("Beside another client", .requiresBroker, .requires(program: "kcat"))
struct ForeignClientTests {
    @Test("kcat reads our keys, values, nulls, headers and compression")
    func read() async throws {
        let topic = try await KafkaTopicFixture(partitions: 1)
        for compression in KafkaCompression.allCases {
            let producer = try topic.producer { $0.compression = compression }
            let reports = try await producer.send([
                KafkaMessage(
                    topic: topic.name, key: Array("k-\(compression)".utf8), value: Array("välue".utf8),
                    headers: [KafkaHeader("event_id", "1"), KafkaHeader("null", nil)]),
                KafkaMessage(topic: topic.name, key: nil, value: nil),
            ])
            #expect(reports.allSatisfy { $0.error == nil })
            await producer.close()
        }
        // %S and %K: sizes, -1 for null
        let kcat = try ChildProcess(
            "kcat",
            ["-b", topic.broker.bootstrapServers, "-C", "-t", topic.name, "-e", "-q", "-f", "%K %k %S %s %h\\n"])
        try await kcat.waitForSuccess(within: .seconds(60))
        let lines = kcat.output.lines().map(\.text)
        #expect(
            lines
                == KafkaCompression.allCases.flatMap { compression in
                    ["\(compression.rawValue.count + 2) k-\(compression) 6 välue event_id=1,null=NULL", "-1  -1  "]
                })
    }

    @Test("we read kcat's keys, values and headers")
    func write() async throws {
        let topic = try await KafkaTopicFixture(partitions: 1)
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/input"
        try Data("key:value\n".utf8).write(to: URL(filePath: file))
        let kcat = try ChildProcess(
            "kcat",
            [
                "-b", topic.broker.bootstrapServers, "-P", "-t", topic.name, "-K", ":", "-H", "a=1", "-H", "b=2", "-l",
                file,
            ])
        try await kcat.waitForSuccess(within: .seconds(60))
        let record = try #require(try await topic.read()[0].first)
        #expect(record.key == Array("key".utf8))
        #expect(record.value == Array("value".utf8))
        #expect(record.headers == [KafkaHeader("a", "1"), KafkaHeader("b", "2")])
    }
}
