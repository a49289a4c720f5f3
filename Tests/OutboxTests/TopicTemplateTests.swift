import Testing

@testable import Outbox

@Suite("Topic template")
struct TopicTemplateTests {
    @Test(
        "makes a topic per aggregate type",
        arguments: [
            ("outbox.event.{aggregateType}", "outbox.event.position"), ("{aggregateType}", "position"),
            ("a-{aggregateType}_v1", "a-position_v1"),
        ])
    func names(template: String, topic: String) throws {
        #expect(try TopicTemplate(template).topicName(for: "position") == topic)
        #expect(try TopicTemplate(template).description == template)
    }

    @Test(
        "refuses a template without the placeholder, or with characters that Kafka doesn't allow",
        arguments: ["", "outbox", "a b{aggregateType}", "ä{aggregateType}", "{aggregateType}{aggregateType}"])
    func refused(template: String) {
        #expect(throws: OutboxError.self) { try TopicTemplate(template) }
    }

    @Test(
        "says why an aggregate type has no topic",
        arguments: ["with space", "pösition", "a/b", "", ".", "..", String(repeating: "x", count: 250)])
    func noTopic(aggregateType: String) throws {
        let template = try TopicTemplate("{aggregateType}")
        #expect(template.topicName(for: aggregateType) == nil)
        #expect(throws: InvalidTopic.self) { try template.topic(for: aggregateType).get() }
    }
}
