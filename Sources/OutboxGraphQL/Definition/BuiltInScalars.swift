/// The scalars that every schema has.
enum BuiltInScalars {
    static let string = GraphQLScalar<String>(
        "String", description: "Text in Unicode.", serialize: { .string($0) },
        parse: { value in
            guard case .string(let text) = value else { throw mismatch("a string") }
            return text
        })

    static let id = GraphQLScalar<String>(
        "ID", description: "Names one object. It is written as a string and is not meant to be read by people.",
        serialize: { .string($0) },
        parse: { value in
            switch value {
            case .string(let text): return text
            case .integer(let number): return String(number)
            default: throw mismatch("a string or an integer")
            }
        })

    static let int = GraphQLScalar<Int>(
        "Int", description: "An integer between -2^31 and 2^31 - 1.",
        serialize: { number in
            guard Int32(exactly: number) != nil else {
                throw GraphQLError(.internalError, "an Int must fit into 32 bits")
            }
            return .integer(number)
        },
        parse: { value in
            switch value {
            case .integer(let number) where Int32(exactly: number) != nil: return number
            case .integer: throw mismatch("an integer of 32 bits")
            default: throw mismatch("an integer")
            }
        })

    static let float = GraphQLScalar<Double>(
        "Float", description: "A number of double precision (IEEE 754).",
        serialize: { number in
            guard number.isFinite else { throw GraphQLError(.internalError, "a Float must be finite") }
            return .float(number)
        },
        parse: { value in
            switch value {
            case .float(let number) where number.isFinite: return number
            case .integer(let number): return Double(number)
            default: throw mismatch("a number")
            }
        })

    static let boolean = GraphQLScalar<Bool>(
        "Boolean", description: "`true` or `false`.", serialize: { .boolean($0) },
        parse: { value in
            guard case .boolean(let flag) = value else { throw mismatch("true or false") }
            return flag
        })

    private static func mismatch(_ expected: String) -> GraphQLError {
        GraphQLError(.validation, "expected \(expected)")
    }
}
