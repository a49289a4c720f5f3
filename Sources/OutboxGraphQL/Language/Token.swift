/// A lexical token.
struct Token: Sendable {
    enum Kind: Sendable, Equatable {
        case endOfDocument
        case punctuator(UInt8)
        case spread
        case name
        case integer
        case float
        case string
        case blockString
    }

    let kind: Kind
    /// Its bytes in the document.
    let range: Range<Int>
    /// What a string token says, escapes resolved.
    var string = ""
}

extension Token.Kind: CustomStringConvertible {
    /// In the words of an error message.
    var description: String {
        switch self {
        case .endOfDocument: "the end of the document"
        case .punctuator(let byte): "\"\(Character(Unicode.Scalar(byte)))\""
        case .spread: "\"...\""
        case .name: "a name"
        case .integer: "an integer"
        case .float: "a float"
        case .string, .blockString: "a string"
        }
    }
}
