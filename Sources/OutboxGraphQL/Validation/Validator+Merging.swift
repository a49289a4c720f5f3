extension Validator {
    /// Fields of one name in the answer must be the same field with the same arguments.
    mutating func checkMerging() {
        for operation in document.operations {
            let root = operation.kind == .query ? system[system.queryType] : nil
            merge([MergedSet(selections: operation.selections, type: root, way: [])])
        }
    }

    /// Looks at everything that ends up in one object at once: work grows with the document, not with its square.
    private mutating func merge(_ sets: [MergedSet]) {
        var groups = MergedGroups()
        for set in sets {
            var entered: Set<String> = []
            collect(set.selections, of: set, into: &groups, &entered)
        }
        for group in groups.all {
            guard let first = group.first else { continue }
            if group.allSatisfy({ $0.isSame(as: first) }) {
                let inner = group.compactMap(\.inner)
                if !inner.isEmpty { merge(inner) }
            } else {
                reportConflict(group, first)
            }
        }
    }

    private func collect(
        _ selections: SelectionSet, of set: MergedSet, into groups: inout MergedGroups, _ entered: inout Set<String>
    ) {
        for selection in selections.selections {
            switch selection {
            case .field(let field):
                let definition = set.type.flatMap { system.field(field.name.text, of: $0) }
                let type = definition.flatMap { system[$0.type.name] }
                groups.append(MergedField(field: field, parent: set, type: type))
            case .inline(let inline):
                var inner = set
                if let condition = inline.typeCondition { inner.type = system[condition.text] }
                collect(inline.selections, of: inner, into: &groups, &entered)
            case .spread(let spread):
                guard let fragment = fragments[spread.name.text], entered.insert(spread.name.text).inserted else {
                    continue
                }
                var inner = set
                inner.type = system[fragment.typeCondition.text]
                collect(fragment.selections, of: inner, into: &groups, &entered)
            }
        }
    }

    private mutating func reportConflict(_ group: [MergedField], _ first: MergedField) {
        var offsets: Set<Int> = Set(group.map(\.field.offset))
        // The fields around them belong to the conflict from where their ways part.
        for level in first.parent.way.indices {
            let ancestors = Set(group.map { $0.parent.way[level] })
            if ancestors.count > 1 { offsets.formUnion(ancestors) }
        }
        report(
            "the fields called \(first.field.responseName) differ: use aliases to tell them apart",
            at: offsets.sorted())
    }
}

/// A selection set that is merged with others, and the fields on the way to it.
private struct MergedSet {
    let selections: SelectionSet
    /// `nil` when it is not known.
    var type: TypeDefinition?
    let way: [Int]
}

private struct MergedField {
    let field: Field
    let parent: MergedSet
    let type: TypeDefinition?

    /// What is selected of it.
    var inner: MergedSet? {
        field.selections.map { MergedSet(selections: $0, type: type, way: parent.way + [field.offset]) }
    }

    func isSame(as other: MergedField) -> Bool {
        field.name.text == other.field.name.text && arguments == other.arguments
    }

    private var arguments: [String: String] {
        Dictionary(field.arguments.map { ($0.name.text, $0.value.text) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Fields by what they are called in the answer and by the type they are read from.
private struct MergedGroups {
    private struct Key: Hashable {
        let name: String
        let type: String?
    }

    private(set) var all: [[MergedField]] = []
    private var positions: [Key: Int] = [:]

    mutating func append(_ field: MergedField) {
        let key = Key(name: field.field.responseName, type: field.parent.type?.name)
        if let position = positions[key] {
            all[position].append(field)
        } else {
            positions[key] = all.count
            all.append([field])
        }
    }
}

extension ValueNode {
    /// The value in one spelling, so that values can be compared; the order of an object's fields does not matter.
    fileprivate var text: String {
        switch kind {
        case .variable(let name): "$\(name)"
        case .integer(let digits), .float(let digits): digits
        case .list(let elements): "[\(elements.map(\.text).joined(separator: ","))]"
        case .object(let fields):
            "{\(fields.map { "\($0.name.text):\($0.value.text)" }.sorted().joined(separator: ","))}"
        case .null, .boolean, .string, .enumeration: plain().literal
        }
    }
}
