/// A table for people: columns as wide as they must be, numbers to the right.
public struct TextTable: Sendable {
    public enum Alignment: Sendable { case left, right }

    public struct Column: Sendable {
        let title: String
        let alignment: Alignment
        /// Longer cells are cut with `…`.
        let maximumWidth: Int

        public init(_ title: String, _ alignment: Alignment = .left, maximumWidth: Int = 80) {
            self.title = title
            self.alignment = alignment
            self.maximumWidth = max(2, maximumWidth)
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    /// - Parameter cells: one for each column; missing ones are empty. Control characters are made visible.
    public mutating func add(_ cells: [String]) {
        rows.append(
            columns.indices.map { index in
                index < cells.count ? Self.printable(cells[index], width: columns[index].maximumWidth) : ""
            })
    }

    /// The table's lines, with a header; without trailing spaces.
    public var text: String {
        let widths = columns.indices.map { index in
            rows.reduce(Self.width(columns[index].title)) { max($0, Self.width($1[index])) }
        }
        let lines = [columns.map(\.title)] + rows
        return lines.map { line in
            let cells = columns.indices.map { index in
                let padding = String(repeating: " ", count: widths[index] - Self.width(line[index]))
                return columns[index].alignment == .right ? padding + line[index] : line[index] + padding
            }
            var text = cells.joined(separator: "  ")
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }.joined(separator: "\n")
    }

    private static func printable(_ text: String, width limit: Int) -> String {
        var result = ""
        var used = 0
        for character in text {
            let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
            let shown: Character = isControl ? "·" : character
            let size = width(of: shown)
            if used + size > limit {
                while used > limit - 1, let last = result.popLast() { used -= width(of: last) }
                return result + "…"
            }
            result.append(shown)
            used += size
        }
        return result
    }

    /// The columns that a text takes on a terminal.
    public static func width(_ text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

    /// Columns on a terminal: two for East Asian wide characters and emoji.
    private static func width(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
