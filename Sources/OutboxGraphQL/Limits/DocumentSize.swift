/// How large an operation is once its fragments are in their places: measured without putting them there.
struct DocumentSize {
    private struct Size {
        var fields = 0
        var aliases = 0
        var depth = 0

        /// Sums stop at a million, so that fragments which double each other cannot overflow them.
        mutating func add(_ other: Size) {
            fields = min(fields + other.fields, 1_000_000)
            aliases = min(aliases + other.aliases, 1_000_000)
            depth = max(depth, other.depth)
        }
    }

    private let limits: GraphQLLimits
    private let fragments: [String: Fragment]
    private var sizes: [String: Size] = [:]
    private var open: Set<String> = []

    private init(_ document: Document, limits: GraphQLLimits) {
        self.limits = limits
        self.fragments = document.fragmentsByName
    }

    /// - Throws: ``SyntaxError`` for what goes beyond the limits. Afterwards fragments can be followed without
    ///   exhausting the stack, but for those that contain themselves.
    static func check(_ document: Document, limits: GraphQLLimits) throws(SyntaxError) {
        var measure = DocumentSize(document, limits: limits)
        for operation in document.operations {
            let size = try measure.size(of: operation.selections)
            try measure.check(size.fields, "fields", limits.fields, operation)
            try measure.check(size.aliases, "aliases", limits.aliases, operation)
            try measure.check(size.depth, "fields within each other", limits.depth, operation)
        }
        for fragment in document.fragments {
            _ = try measure.size(of: fragment)
        }
    }

    private func check(
        _ count: Int, _ what: String, _ limit: Int, _ operation: Operation
    ) throws(SyntaxError) {
        guard count <= limit else {
            throw SyntaxError("the operation has more than \(limit) \(what)", at: operation.offset, code: .limit)
        }
    }

    private mutating func size(of set: SelectionSet) throws(SyntaxError) -> Size {
        var size = Size()
        for selection in set.selections {
            switch selection {
            case .field(let field):
                var inner = Size()
                if let selections = field.selections { inner = try self.size(of: selections) }
                inner.add(Size(fields: 1, aliases: field.alias == nil ? 0 : 1))
                inner.depth += 1
                size.add(inner)
            case .inline(let inline):
                size.add(try self.size(of: inline.selections))
            case .spread(let spread):
                guard let fragment = fragments[spread.name.text] else { continue }
                size.add(try self.size(of: fragment))
            }
        }
        return size
    }

    private mutating func size(of fragment: Fragment) throws(SyntaxError) -> Size {
        let name = fragment.name.text
        if let known = sizes[name] { return known }
        // A fragment within itself is for validation to report.
        guard open.insert(name).inserted else { return Size() }
        guard open.count <= limits.nesting else {
            throw SyntaxError(
                "fragments are nested deeper than \(limits.nesting)", at: fragment.offset, code: .limit)
        }
        let size = try self.size(of: fragment.selections)
        open.remove(name)
        sizes[name] = size
        return size
    }
}
