import OutboxTelemetry

/// Which properties of librdkafka hide their values in logs.
enum SecretNames {
    static func isSecret(_ property: String) -> Bool {
        LogRedaction.isSecret(key: property) || property.hasSuffix(".pem") || property.contains("jaas")
    }
}
