import Servers
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips the test unless the broker is a real one: the user's own, or a cluster that we start.
    static var requiresBroker: Self {
        .enabled("needs a real Kafka broker (KAFKA_BOOTSTRAP_SERVERS, KAFKA_HOME or `make kafka`)") {
            try KafkaSource.find().isReal
        }
    }

    /// Skips the test unless brokers of our own can be started, to be stopped and killed.
    static var requiresPrivateBroker: Self {
        .enabled("needs a Kafka broker of its own to stop and kill (KAFKA_HOME or `make kafka`)") {
            try KafkaSource.findDistribution().isStartable
        }
    }
}
