/// Writes lines for people: `time=… level=info logger=outbox msg="Lane taken over" epoch=3 lane=12`.
///
/// A value is quoted when it holds anything but plain characters; line feeds and other control characters are escaped,
/// so that a hostile value can't forge a line or talk to the terminal. Nested names are joined by dots.
public struct LogfmtHandler: LogHandler {
    /// The least severe lines that are written.
    public var level: Logger.Level
    /// What every line says beside its own metadata.
    public var metadata: Logger.Metadata = [:]
    private let output: LogOutput

    /// Makes a handler.
    public init(output: LogOutput = .standardError, level: Logger.Level = .info) {
        self.output = output
        self.level = level
    }

    /// Writes a line.
    public func log(_ record: LogRecord) {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        line.append(contentsOf: "time=".utf8)
        record.time.append(to: &line)
        line.append(contentsOf: " level=".utf8)
        line.append(contentsOf: record.level.rawValue.utf8)
        line.append(contentsOf: " logger=".utf8)
        LogText.appendLogfmt(record.label, to: &line)
        line.append(contentsOf: " msg=".utf8)
        LogText.appendLogfmt(record.message, to: &line)
        for (key, value) in record.metadata.sorted(by: { $0.key < $1.key }) {
            append(value, name: Self.reserved.contains(key) ? "metadata.\(key)" : key, to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        output.write(line: line)
    }

    private static let reserved: Set<String> = ["time", "level", "logger", "msg"]

    private func append(_ value: Logger.MetadataValue, name: String, to line: inout [UInt8]) {
        if case .dictionary(let values) = value, !values.isEmpty {
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                append(value, name: "\(name).\(key)", to: &line)
            }
            return
        }
        line.append(UInt8(ascii: " "))
        LogText.appendLogfmtKey(name, to: &line)
        line.append(UInt8(ascii: "="))
        LogText.appendLogfmt(value.description, to: &line)
    }
}
