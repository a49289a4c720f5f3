import Glibc
public import Outbox
public import OutboxDispatcher

/// The dispatcher's settings, for the tools that run one.
public enum DispatcherSettings {
    static let interval = Setting(
        "OUTBOX_DISPATCH_INTERVAL", .duration(.milliseconds(10) ... .seconds(3600)),
        help: "the longest time between two full claims when idle", default: "5s")
    static let batchSize = Setting(
        "OUTBOX_DISPATCH_BATCH_SIZE", .integer(1...100_000), help: "the most events of a lane in one claim",
        default: "500")
    static let maximumRetries = Setting(
        "OUTBOX_DISPATCH_MAX_RETRY", .integer(1...1_000_000), help: "failures after which an event is parked",
        default: "10")
    static let backoffBase = Setting(
        "OUTBOX_DISPATCH_BACKOFF_BASE", .duration(.milliseconds(1) ... .seconds(300)),
        help: "the wait after an event's first failure; doubles five times at most, up to 5m", default: "5s")
    static let metricPrefix = Setting(
        "OUTBOX_DISPATCH_METRIC_PREFIX",
        ValueParser<String>(valueName: "prefix", allowed: "letters, digits and _, not beginning with a digit") { text in
            let isName = text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte)
            }
            return isName && !text.isEmpty && !(0x30...0x39).contains(text.utf8.first ?? 0x30) ? text : nil
        }, help: "what metrics' names begin with", default: "outbox_dispatch")
    public static let lanes = Setting(
        "OUTBOX_DISPATCH_LANES",
        ValueParser<Int>(valueName: "n", allowed: "a power of two from 1 to 1024") { text in
            Int(text).flatMap { (1...1024).contains($0) && $0 & ($0 - 1) == 0 ? $0 : nil }
        }, help: "lanes, the units of order and ownership; `outbox migrate` makes their index", default: "64")
    static let lease = Setting(
        "OUTBOX_DISPATCH_LEASE",
        .duration(DispatcherConfiguration.shortestLease ... .seconds(3600)),
        help: "how long a lease on lanes lasts without renewal", default: "30s")
    public static let retention = Setting(
        "OUTBOX_DISPATCH_RETENTION",
        ValueParser<DispatcherConfiguration.Retention>(
            valueName: "duration|none", allowed: "none (delete when settled) or a duration such as 168h"
        ) { text in
            text == "none"
                ? DispatcherConfiguration.Retention.none
                : DurationText.parse(text).flatMap { $0 > .zero ? .keep($0) : nil }
        }, help: "how long settled events are kept; none deletes them at once, the fast path", default: "168h")
    static let drainTimeout = Setting(
        "OUTBOX_DISPATCH_DRAIN_TIMEOUT", .duration(.zero ... .seconds(3600)),
        help: "how long a stop may wait for what is in flight", default: "25s")
    static let instance = Setting(
        "OUTBOX_INSTANCE", .text("name"), help: "this dispatcher's name among all that run (default: host, pid, random)"
    )
    public static let topicTemplate = Setting(
        "OUTBOX_TOPIC_TEMPLATE",
        ValueParser<TopicTemplate>(
            valueName: "template", allowed: "letters, digits, '.', '_', '-' and {aggregateType} once"
        ) { try? TopicTemplate($0) }, help: "the topic of an aggregate type", default: "outbox.event.{aggregateType}")
    static let headerStyle = Setting(
        "OUTBOX_HEADER_STYLE", ValueParser<HeaderStyle>.choice(), help: "names of the Kafka headers", default: "native")
    static let cloudEventsSource = Setting(
        "OUTBOX_CLOUDEVENTS_SOURCE", .text("uri"), help: "ce_source in the cloudevents style", default: "/outbox")

    /// What decides where events go and how they look there, for commands that publish but run no dispatcher.
    public static let publishing: [SettingDefinition] = [
        StandardSettings.bootstrapServers.definition, topicTemplate.definition, headerStyle.definition,
        cloudEventsSource.definition,
    ]

    /// All that ``configuration(_:)`` reads, with the brokers.
    public static let definitions: [SettingDefinition] = [
        StandardSettings.bootstrapServers.definition, interval.definition, batchSize.definition,
        maximumRetries.definition, backoffBase.definition,
        metricPrefix.definition, lanes.definition, lease.definition, retention.definition, drainTimeout.definition,
        instance.definition, topicTemplate.definition, headerStyle.definition, cloudEventsSource.definition,
    ]

    /// The dispatcher that a command's settings describe.
    ///
    /// - Throws: ``UsageError``.
    public static func configuration(_ invocation: Invocation) throws(UsageError) -> DispatcherConfiguration {
        var configuration = DispatcherConfiguration(
            instance: invocation[instance] ?? uniqueInstance(),
            bootstrapServers: try invocation.value(StandardSettings.bootstrapServers))
        configuration.kafkaProperties = invocation.kafkaProperties
        configuration.interval = try invocation.value(interval)
        configuration.batchSize = try invocation.value(batchSize)
        configuration.maximumRetries = try invocation.value(maximumRetries)
        configuration.backoffBase = try invocation.value(backoffBase)
        configuration.metricPrefix = try invocation.value(metricPrefix)
        configuration.lanes = try invocation.value(lanes)
        configuration.lease = try invocation.value(lease)
        configuration.retention = try invocation.value(retention)
        configuration.drainTimeout = try invocation.value(drainTimeout)
        configuration.topicTemplate = try invocation.value(topicTemplate)
        configuration.headerStyle = try invocation.value(headerStyle)
        configuration.cloudEventsSource = try invocation.value(cloudEventsSource)
        return configuration
    }

    private static func uniqueInstance() -> String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = name.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        let random = String(UInt32.random(in: .min ... .max), radix: 36)
        return "\(host)-\(getpid())-\(random)"
    }
}
