/// Parses the executable part of the grammar by recursive descent, one token ahead.
struct Parser {
    let limits: GraphQLLimits
    let source: SourceText
    private var lexer: Lexer
    private(set) var token: Token
    private var tokens = 1
    private var nesting = 0

    private init(_ source: SourceText, limits: GraphQLLimits) throws(SyntaxError) {
        self.limits = limits
        self.source = source
        lexer = Lexer(source)
        token = try lexer.next()
    }

    /// - Throws: ``SyntaxError``, also for a text beyond the limits of bytes, tokens and nesting.
    static func parse(_ source: SourceText, limits: GraphQLLimits) throws(SyntaxError) -> Document {
        guard source.bytes.count <= limits.documentBytes else {
            throw SyntaxError("the document has more than \(limits.documentBytes) bytes", at: 0, code: .limit)
        }
        var parser = try Parser(source, limits: limits)
        return try parser.document()
    }

    private mutating func document() throws(SyntaxError) -> Document {
        var document = Document(source: source)
        repeat {
            if isAt("{") || isAt(keyword: "query") || isAt(keyword: "mutation") || isAt(keyword: "subscription") {
                document.operations.append(try operation())
            } else if isAt(keyword: "fragment") {
                document.fragments.append(try fragment())
            } else {
                throw unexpected(expected: "an operation or a fragment")
            }
        } while token.kind != .endOfDocument
        return document
    }

    // MARK: Tokens

    func isAt(_ punctuator: Unicode.Scalar) -> Bool {
        token.kind == .punctuator(UInt8(ascii: punctuator))
    }

    func isAt(keyword: String) -> Bool {
        token.kind == .name && source.bytes[token.range].elementsEqual(keyword.utf8)
    }

    mutating func advance() throws(SyntaxError) {
        tokens += 1
        guard tokens <= limits.tokens else {
            throw SyntaxError(
                "the document has more than \(limits.tokens) tokens", at: token.range.upperBound, code: .limit)
        }
        token = try lexer.next()
    }

    mutating func skip(_ punctuator: Unicode.Scalar) throws(SyntaxError) -> Bool {
        guard isAt(punctuator) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ punctuator: Unicode.Scalar) throws(SyntaxError) {
        guard try skip(punctuator) else {
            throw unexpected(expected: "\(Token.Kind.punctuator(UInt8(ascii: punctuator)))")
        }
    }

    mutating func name() throws(SyntaxError) -> Name {
        guard token.kind == .name else { throw unexpected(expected: "a name") }
        let name = Name(text: source.text(token.range), offset: token.range.lowerBound)
        try advance()
        return name
    }

    func unexpected(expected: String) -> SyntaxError {
        let found = token.kind == .name ? "\"\(source.text(token.range).prefix(40))\"" : "\(token.kind)"
        return SyntaxError("expected \(expected), found \(found)", at: token.range.lowerBound)
    }

    // MARK: Repetition and nesting

    /// Items between two signs. Every recursion of the grammar comes through here or ``nested(_:)``, so that no
    /// document can exhaust the stack.
    ///
    /// - Parameter allowsNone: whether there may be nothing between the signs.
    mutating func items<Item>(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, allowsNone: Bool = false,
        _ item: (inout Parser) throws(SyntaxError) -> Item
    ) throws(SyntaxError) -> [Item] {
        try expect(open)
        return try nested { parser throws(SyntaxError) in
            var items: [Item] = []
            if allowsNone, try parser.skip(close) { return items }
            repeat {
                items.append(try item(&parser))
            } while try !parser.skip(close)
            return items
        }
    }

    mutating func nested<Result>(
        _ body: (inout Parser) throws(SyntaxError) -> Result
    ) throws(SyntaxError) -> Result {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= limits.nesting else {
            throw SyntaxError(
                "braces and brackets are nested deeper than \(limits.nesting)", at: token.range.lowerBound,
                code: .limit)
        }
        return try body(&self)
    }
}
