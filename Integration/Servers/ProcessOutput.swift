public import FoundationEssentials

/// What a process wrote to one of its standard files: a file that grows while it runs.
public struct ProcessOutput: Sendable {
    /// One line of it.
    public struct Line: Sendable {
        /// The text, without its end of line.
        public let text: String
        /// The number of bytes up to and including its end of line: where to look for what comes after it.
        public let end: Int
    }

    /// The file that it is kept in.
    public let path: String

    /// - Parameter path: the file; it may not be there yet.
    public init(path: String) { self.path = path }

    /// How many bytes there are by now.
    public var byteCount: Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? Int) ?? 0
    }

    /// All bytes from an offset on.
    public func bytes(from offset: Int = 0) -> Data {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count > offset else { return Data() }
        return data.dropFirst(offset)
    }

    /// All of it; bytes that aren't UTF-8 show as U+FFFD.
    public var text: String { String(decoding: bytes(), as: UTF8.self) }

    /// The lines from an offset on that are complete.
    public func lines(from offset: Int = 0) -> [Line] {
        var lines: [Line] = []
        let data = bytes(from: offset)
        var start = data.startIndex
        while let newline = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let end = newline + 1
            lines.append(
                Line(text: String(decoding: data[start..<newline], as: UTF8.self), end: end - data.startIndex + offset))
            start = end
        }
        return lines
    }

    /// The last lines, as one text.
    public func tail(lines count: Int = 30) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).suffix(count + 1).joined(separator: "\n")
    }
}
