/// Checks a document against a schema by the rules of the specification's chapter on validation.
struct Validator {
    /// More errors than this help nobody.
    static let maximumProblems = 100

    let system: TypeSystem
    let document: Document
    let fragments: [String: Fragment]
    private(set) var problems: [Problem] = []
    /// What the operations and fragments use, by the offset of their definitions.
    var uses: [Int: DefinitionUses] = [:]

    /// Something that is wrong, and the places in the document that it is about.
    struct Problem {
        let message: String
        let offsets: [Int]
    }

    private init(_ document: Document, _ system: TypeSystem) {
        self.system = system
        self.document = document
        self.fragments = document.fragmentsByName
    }

    /// - Returns: what is wrong; empty for a valid document.
    static func validate(_ document: Document, against system: TypeSystem) -> [GraphQLError] {
        var validator = Validator(document, system)
        validator.checkDefinitions()
        for operation in document.operations {
            validator.check(operation)
        }
        for fragment in document.fragments {
            validator.check(fragment)
        }
        validator.checkFragmentUse()
        validator.checkVariableUse()
        // In a document that is wrong otherwise, these would guess, or never end.
        if validator.problems.isEmpty { validator.checkFragmentCycles() }
        if validator.problems.isEmpty { validator.checkMerging() }
        return validator.errors
    }

    mutating func report(_ message: String, at offsets: Int...) {
        report(message, at: offsets)
    }

    mutating func report(_ message: String, at offsets: [Int]) {
        guard problems.count < Self.maximumProblems else { return }
        problems.append(Problem(message: message, offsets: offsets))
    }

    private var errors: [GraphQLError] {
        problems.map { problem in
            GraphQLError(
                .validation, problem.message, locations: problem.offsets.map { document.source.location(at: $0) })
        }
    }
}

/// What an operation or a fragment uses by itself, without the fragments that it spreads.
struct DefinitionUses {
    struct Variable {
        let name: String
        let offset: Int
        /// What its place expects; `nil` where that is not known.
        let type: TypeReference?
        /// Whether its place has a default of its own.
        let hasDefault: Bool
    }

    var variables: [Variable] = []
    var spreads: [FragmentSpread] = []
}
