import LibRDKafka

extension DispatcherConfiguration {
    /// - Throws: ``DispatcherError/Code/invalidConfiguration`` naming the first setting that is not allowed.
    func check() throws(DispatcherError) {
        func require(_ condition: Bool, _ message: String) throws(DispatcherError) {
            if !condition { throw DispatcherError(.invalidConfiguration, message) }
        }
        try require(!instance.isEmpty, "instance is empty: it must name this dispatcher among all that run")
        try require(!bootstrapServers.isEmpty, "bootstrapServers is empty: give host:port of at least one broker")
        try require((1...100_000).contains(batchSize), "batchSize is \(batchSize): 1 to 100000 are allowed")
        if let partitioner = kafkaProperties["partitioner"] {
            let allowed = KafkaPartitioner.allCases.filter { $0 != .random }.map(\.rawValue)
            try require(
                allowed.contains(partitioner),
                "kafkaProperties sets partitioner to \(partitioner), with which an aggregate's events would not stay in "
                    + "order: one of \(allowed.joined(separator: ", ")) is allowed")
        }
        try require(maximumRetries >= 1, "maximumRetries is \(maximumRetries): at least 1")
        try require(interval >= .milliseconds(1), "interval is \(interval): at least 1 ms")
        try require(backoffBase >= .milliseconds(1), "backoffBase is \(backoffBase): at least 1 ms")
        try require(
            (1...1024).contains(lanes) && lanes & (lanes - 1) == 0,
            "lanes is \(lanes): a power of two from 1 to 1024 is allowed")
        try require(
            lease >= Self.shortestLease,
            "lease is \(lease): at least \(Self.shortestLease), or it could end before its loss is noticed and what "
                + "is in flight is given up")
    }
}
