/// The value of a block string.
enum BlockString {
    /// Takes away the indentation that all lines but the first have in common, and blank lines at both ends.
    static func text(ofLines lines: [[UInt8]]) -> String {
        let indent = lines.dropFirst().filter { !isBlank($0) }.map(indentation).min() ?? 0
        let stripped = lines.enumerated().map { index, line in index == 0 ? line[...] : line.dropFirst(indent) }
        guard let first = lines.firstIndex(where: { !isBlank($0) }),
            let last = lines.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: Array(stripped[first...last].joined(separator: [Ascii.lineFeed])), as: UTF8.self)
    }

    private static func indentation(_ line: [UInt8]) -> Int {
        line.prefix { $0 == Ascii.space || $0 == Ascii.tab }.count
    }

    private static func isBlank(_ line: [UInt8]) -> Bool {
        indentation(line) == line.count
    }
}
