/// The samples in a text that Prometheus reads, such as our tools serve at `/metrics`.
public struct MetricSamples: Sendable {
    /// The text itself.
    public let text: String
    /// Each series, name and labels as they are written, with its value.
    public let all: [(series: Substring, value: Double)]

    /// Reads a text; what is no sample in it is passed over.
    public init(_ text: String) {
        self.text = text
        all = text.split(separator: "\n").compactMap { line in
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                return nil
            }
            return (line[..<space], value)
        }
    }

    /// The value of a series, labels and all; 0 where there is none.
    public subscript(series: String) -> Double { all.first { $0.series == series }?.value ?? 0 }
}

extension HTTPClient {
    /// `GET /metrics`.
    public func metrics() async throws -> MetricSamples { MetricSamples(try await get("/metrics").text) }
}
