/// Writes the Prometheus text format, version 0.0.4.
struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    mutating func append<Instrument>(_ family: MetricFamily<Instrument>) {
        let all = family.all
        guard !all.isEmpty else { return }
        appendHeader(name: family.name, help: family.help, kind: family.kind)
        for (values, instrument) in all {
            let labels = labelText(family.labelNames, values)
            switch instrument {
            case let counter as Counter: appendSample(family.name, labels: labels, value: counter.value)
            case let gauge as Gauge: appendSample(family.name, labels: labels, value: gauge.value)
            case let histogram as Histogram: append(histogram.snapshot, name: family.name, labels: labels)
            default: break
            }
        }
    }

    mutating func append(
        name: String, help: String, kind: MetricKind, labelNames: [String], samples: [MetricSample]
    ) {
        guard !samples.isEmpty else { return }
        appendHeader(name: name, help: help, kind: kind)
        for sample in samples {
            let missing = max(0, labelNames.count - sample.labels.count)
            let values = sample.labels.prefix(labelNames.count) + Array(repeating: "", count: missing)
            appendSample(name, labels: labelText(labelNames, Array(values)), value: sample.value)
        }
    }

    private mutating func append(_ snapshot: HistogramSnapshot, name: String, labels: [UInt8]) {
        let separator: [UInt8] = labels.isEmpty ? [] : [UInt8(ascii: ",")]
        for (index, count) in snapshot.cumulativeCounts.enumerated() {
            let bound = index < snapshot.bounds.count ? Self.format(snapshot.bounds[index]) : "+Inf"
            appendSample("\(name)_bucket", labels: labels + separator + Array("le=\"\(bound)\"".utf8), text: "\(count)")
        }
        appendSample("\(name)_sum", labels: labels, value: snapshot.sum)
        appendSample("\(name)_count", labels: labels, text: "\(snapshot.count)")
    }

    private mutating func appendHeader(name: String, help: String, kind: MetricKind) {
        bytes.append(contentsOf: "# HELP \(name) ".utf8)
        for byte in help.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
            case 0: bytes.append(contentsOf: "\u{FFFD}".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(contentsOf: "\n# TYPE \(name) \(kind.rawValue)\n".utf8)
    }

    private mutating func appendSample(_ name: String, labels: [UInt8], value: Double) {
        appendSample(name, labels: labels, text: Self.format(value))
    }

    private mutating func appendSample(_ name: String, labels: [UInt8], text: String) {
        bytes.append(contentsOf: name.utf8)
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    private func labelText(_ names: [String], _ values: [String]) -> [UInt8] {
        var text: [UInt8] = []
        for (name, value) in zip(names, values) {
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: name.utf8)
            text.append(contentsOf: #"=""#.utf8)
            for byte in value.utf8 {
                switch byte {
                case UInt8(ascii: "\\"): text.append(contentsOf: #"\\"#.utf8)
                case UInt8(ascii: "\""): text.append(contentsOf: #"\""#.utf8)
                case UInt8(ascii: "\n"): text.append(contentsOf: #"\n"#.utf8)
                // Prometheus's lexer ends at a zero byte.
                case 0: text.append(contentsOf: "\u{FFFD}".utf8)
                default: text.append(byte)
                }
            }
            text.append(UInt8(ascii: "\""))
        }
        return text
    }

    static func format(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value.magnitude < 9_007_199_254_740_992, value == value.rounded(.towardZero) { return "\(Int64(value))" }
        return "\(value)"
    }
}
