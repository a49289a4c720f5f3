/// Writes lines for machines: one JSON object a line with `time`, `level`, `logger`, `message` and the metadata.
///
/// Metadata of one of those four names appears as `metadata.<name>`. Numbers and truth values stay such.
public struct JSONLinesHandler: LogHandler {
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
        line.append(contentsOf: #"{"time":""#.utf8)
        record.time.append(to: &line)
        line.append(contentsOf: #"","level":""#.utf8)
        line.append(contentsOf: record.level.rawValue.utf8)
        line.append(contentsOf: #"","logger":"#.utf8)
        LogText.appendJSON(record.label, to: &line)
        line.append(contentsOf: #","message":"#.utf8)
        LogText.appendJSON(record.message, to: &line)
        for (key, value) in record.metadata.sorted(by: { $0.key < $1.key }) {
            line.append(UInt8(ascii: ","))
            LogText.appendJSON(Self.reserved.contains(key) ? "metadata.\(key)" : key, to: &line)
            line.append(UInt8(ascii: ":"))
            append(value, to: &line)
        }
        line.append(contentsOf: "}\n".utf8)
        output.write(line: line)
    }

    private static let reserved: Set<String> = ["time", "level", "logger", "message"]

    private func append(_ value: Logger.MetadataValue, to line: inout [UInt8]) {
        switch value {
        case .string(let text):
            LogText.appendJSON(text, to: &line)
        case .stringConvertible(let value):
            if value is any BinaryInteger || value is Bool || (value as? Double)?.isFinite == true {
                line.append(contentsOf: value.description.utf8)
            } else {
                LogText.appendJSON(value.description, to: &line)
            }
        case .array(let values):
            line.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                append(value, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        case .dictionary(let values):
            line.append(UInt8(ascii: "{"))
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                LogText.appendJSON(key, to: &line)
                line.append(UInt8(ascii: ":"))
                append(value, to: &line)
            }
            line.append(UInt8(ascii: "}"))
        }
    }
}
