/// The samples in a text that Prometheus reads, such as our tools serve at `/metrics`.
package struct PrometheusSamples: Sendable {
    /// The text itself.
    package let text: String
    /// Each series, name and labels as they are written, with its value.
    package let all: [(series: Substring, value: Double)]

    /// Reads a text; what is no sample in it is passed over.
    package init(_ text: String) {
        self.text = text
        // By its bytes, since the text of a busy process is long.
        all = text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard line.first != UInt8(ascii: "#"), let space = line.lastIndex(of: UInt8(ascii: " ")),
                let value = Double(Substring(line[line.index(after: space)...]))
            else { return nil }
            return (Substring(line[..<space]), value)
        }
    }

    /// The value of a series, labels and all; 0 where there is none.
    package subscript(series: String) -> Double { all.first { $0.series == series }?.value ?? 0 }
}
