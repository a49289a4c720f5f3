import FoundationEssentials
import Servers

/// README.md and what goes on from there, the articles and the libraries' pages, taken apart as a reader sees them.
struct Readme {
    let lines: [String]

    /// All of it, as if it were one text.
    init() throws {
        let articles = try Self.articles().map { "\(Self.folder)/\($0).md" }
        lines = try (["README.md"] + articles + Self.libraries()).flatMap { try Self(file: $0).lines + [""] }
    }

    /// One file of it.
    ///
    /// - Parameter file: its path from `Package.swift` on.
    init(file: String) throws {
        let text = try Data(contentsOf: URL(filePath: "\(Checkout.path)/\(file)"))
        lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    /// One article.
    init(article: String) throws { try self.init(file: "\(Self.folder)/\(article).md") }

    /// The articles' names.
    static func articles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(Checkout.path)/\(folder)").sorted()
            .filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }
    }

    private static let folder = "Integration/Documentation/SwiftOutbox.docc"

    /// The pages that the modules begin with.
    private static func libraries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(Checkout.path)/Sources").sorted()
            .map { "Sources/\($0)/\($0).docc/\($0).md" }
            .filter { FileManager.default.fileExists(atPath: "\(Checkout.path)/\($0)") }
    }

    /// What the sections are called.
    var headings: [String] {
        lines.filter { $0.hasPrefix("#") }.map { String($0.drop { $0 == "#" }.dropFirst()) }
    }

    /// The contents of the code blocks of a language, in their order.
    func blocks(of language: String) -> [String] {
        var blocks: [String] = []
        var rest = lines[...]
        while let start = rest.firstIndex(of: "```\(language)"), let end = rest[(start + 1)...].firstIndex(of: "```") {
            blocks.append(rest[(start + 1)..<end].joined(separator: "\n"))
            rest = rest[(end + 1)...]
        }
        return blocks
    }

    /// The rows of the tables whose first head cell is this, as cells; empty if there is no such table.
    func table(headed head: String) -> [[String]] {
        lines.indices.filter { lines[$0].hasPrefix("| \(head) |") }.flatMap { start in
            lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
                line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map(Self.trimmed)
            }
        }
    }

    /// The lines of indented blocks that begin with a word, apart from their comments.
    func commands(of tool: String) -> [(command: String, comment: String)] {
        lines.filter { $0.hasPrefix("    \(tool) ") }.map { line in
            let parts = line.split(separator: "#", maxSplits: 1)
            return (Self.trimmed(parts[0]), parts.count > 1 ? Self.trimmed(parts[1]) : "")
        }
    }

    /// What stands in backquotes in running text and tables.
    var inlineCode: [String] {
        var result: [String] = []
        var isBlock = false
        var paragraph = ""
        for line in lines + [""] {
            if line.hasPrefix("```") { isBlock.toggle() }
            if isBlock || line.hasPrefix("```") || line.hasPrefix("    ") { continue }
            // Code may go on in the next line.
            if line.isEmpty || line.hasPrefix("|") {
                result += Self.code(in: paragraph)
                paragraph = ""
            }
            paragraph += line + " "
        }
        return result + Self.code(in: paragraph)
    }

    /// What stands in backquotes in a cell.
    static func code(in text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
