/// Text in the language of manual pages.
enum Roff {
    /// Running text: what stands in backquotes is bold, `<names>` are slanted.
    static func text(_ text: String) -> String {
        var result = ""
        var isCode = false
        for character in text {
            switch character {
            case "`":
                isCode.toggle()
                result += isCode ? "\\fB" : "\\fR"
            case "<" where !isCode: result += "\\fI"
            case ">" where !isCode: result += "\\fR"
            default: result += plain(String(character))
            }
        }
        // A line must not begin like a request.
        return result.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(".") || $0.hasPrefix("'") ? "\\&" + $0 : $0 }.joined(separator: "\n")
    }

    /// Without any meaning of its own, in the argument of a request too.
    static func plain(_ text: String) -> String {
        text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq")
    }

    /// Paragraphs that stand apart by empty lines; indented lines stay as they are.
    static func paragraphs(_ text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        var lines = [".PP"]
        var isVerbatim = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("  ") != isVerbatim, !line.isEmpty {
                isVerbatim.toggle()
                lines.append(isVerbatim ? ".nf" : ".fi")
            }
            lines.append(line.isEmpty ? ".PP" : Self.text(String(line)))
        }
        return lines + (isVerbatim ? [".fi"] : [])
    }

    /// A term, and beside it what it means.
    static func entry(_ term: String, _ meaning: String) -> [String] { [".TP", text(term), text(meaning)] }
}
