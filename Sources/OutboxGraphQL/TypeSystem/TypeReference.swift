/// A use of a type: its name with the lists and non-nulls around it.
indirect enum TypeReference: Sendable, Hashable {
    case named(String)
    case list(TypeReference)
    case nonNull(TypeReference)

    /// The name at the core.
    var name: String {
        switch self {
        case .named(let name): name
        case .list(let element), .nonNull(let element): element.name
        }
    }

    /// The type without the outermost non-null.
    var nullable: TypeReference {
        if case .nonNull(let type) = self { type } else { self }
    }

    var isNonNull: Bool {
        if case .nonNull = self { true } else { false }
    }

    /// What is inside of the list, which may be non-null; `nil` where this is no list.
    var element: TypeReference? {
        if case .list(let element) = nullable { element } else { nil }
    }
}

extension TypeReference: CustomStringConvertible {
    var description: String {
        switch self {
        case .named(let name): name
        case .list(let element): "[\(element)]"
        case .nonNull(let type): "\(type)!"
        }
    }
}
