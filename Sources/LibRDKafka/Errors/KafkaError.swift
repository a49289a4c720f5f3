import CLibRDKafka

/// What went wrong in librdkafka or at the broker.
///
/// `description` names the error and says what is known about it; it holds no payloads and no secrets.
public struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which error it is.
    public var code: Code

    /// What happened, for people.
    public var message: String

    /// The client that reported it is dead: only closing it and making a new one helps.
    public var isFatal: Bool

    /// The same call may succeed if it is repeated later.
    public var isRetriable: Bool

    /// The error's name in the Kafka protocol or in librdkafka, e.g. `MSG_SIZE_TOO_LARGE` or `_TRANSPORT`.
    public var name: String {
        String(cString: rd_kafka_err2name(code.response))
    }

    /// `<name>: <message>`.
    public var description: String {
        "\(name): \(message)"
    }

    /// - Parameters:
    ///   - code: Which error it is.
    ///   - message: What happened; librdkafka's own words for the code if left out.
    ///   - isFatal: Whether the client that reports it is dead.
    ///   - isRetriable: Whether a repeat may help; by the code if left out.
    public init(_ code: Code, _ message: String? = nil, isFatal: Bool = false, isRetriable: Bool? = nil) {
        self.code = code
        self.message = message ?? String(cString: rd_kafka_err2str(code.response))
        self.isFatal = isFatal
        self.isRetriable = isRetriable ?? (!isFatal && code.isRetriable)
    }

    init(_ response: rd_kafka_resp_err_t, _ message: String? = nil) {
        self.init(Code(rawValue: response.rawValue), message)
    }

    /// Takes librdkafka's error object over and destroys it.
    init(taking error: OpaquePointer) {
        self.init(
            Code(rawValue: rd_kafka_error_code(error).rawValue), String(cString: rd_kafka_error_string(error)),
            isFatal: rd_kafka_error_is_fatal(error) != 0)
        if rd_kafka_error_is_retriable(error) != 0 { isRetriable = true }
        rd_kafka_error_destroy(error)
    }

    static func closed(_ what: String) -> KafkaError {
        KafkaError(.closed, "the \(what) is closed")
    }
}
