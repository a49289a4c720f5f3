import FoundationEssentials

/// Apache Kafka's jars on this machine, and the Java to run them with.
struct KafkaDistribution: Sendable {
    /// The folder whose `libs` holds the jars.
    let home: String
    /// Its version, such as "4.3.1".
    let version: String
    /// The `java` program.
    let java: String

    /// Looks at one folder.
    ///
    /// - Throws: ``ServerError`` that says what is missing.
    init(home: String) throws(ServerError) {
        let jars = (try? FileManager.default.contentsOfDirectory(atPath: "\(home)/libs")) ?? []
        let prefix = "kafka-clients-"
        guard jars.contains(where: { $0.hasPrefix("kafka_2.") }),
            let clients = jars.first(where: { $0.hasPrefix(prefix) && $0.hasSuffix(".jar") })
        else {
            throw ServerError(.notInstalled, "\(home) is no Kafka distribution: it has no libs/kafka_2.*.jar")
        }
        let javaHome = environmentValue("JAVA_HOME").map { "\($0)/bin/java" }
        guard let java = [javaHome, findOnPath("java")].compactMap({ $0 }).first(where: isExecutableFile) else {
            throw ServerError(
                .notInstalled,
                "Kafka needs Java 17 or newer, and there is no java on PATH or in JAVA_HOME "
                    + "(Debian: apt-get install default-jre-headless)")
        }
        self.home = home
        self.java = java
        version = String(clients.dropFirst(prefix.count).dropLast(".jar".count))
    }

    /// Starts one of its classes.
    ///
    /// - Parameters:
    ///   - configuration: the file that says how Log4j logs.
    ///   - heap: flags that bound the Java heap.
    func start(
        _ mainClass: String, _ arguments: [String], configuration: String, heap: [String], logFile: String?
    ) throws(ServerError) -> ChildProcess {
        let flags = heap + (environmentValue("KAFKA_OPTS")?.split(separator: " ").map(String.init) ?? [])
        return try ChildProcess(
            java,
            flags + [
                "-XX:+UseSerialGC", "-Djava.awt.headless=true", "-Dlog4j2.configurationFile=\(configuration)",
                "-cp", "\(home)/libs/*", mainClass,
            ] + arguments, logFile: logFile)
    }
}
