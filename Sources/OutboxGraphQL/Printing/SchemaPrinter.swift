/// Writes a schema in the schema definition language.
struct SchemaPrinter {
    private(set) var text = ""

    mutating func print(_ system: TypeSystem) {
        describe(system.description, indent: "")
        text += "schema {\n  query: \(system.queryType)\n}\n"
        let builtIn: Set<String> = ["String", "ID", "Int", "Float", "Boolean"]
        for type in system.types.values.sorted(by: { $0.name < $1.name })
        where !type.name.hasPrefix("__") && !builtIn.contains(type.name) {
            text += "\n"
            describe(type.description, indent: "")
            print(type)
        }
    }

    private mutating func print(_ type: TypeDefinition) {
        switch type.kind {
        case .scalar(let scalar):
            let address = scalar.specifiedBy.map { " @specifiedBy(url: \(GraphQLValue.string($0).literal))" } ?? ""
            text += "scalar \(type.name)\(address)\n"
        case .object(let fields):
            block("type \(type.name)", fields.all) { printer, field in
                printer.describe(field.description, indent: "  ")
                printer.text += "  \(field.name)"
                printer.print(arguments: field.arguments.all)
                printer.text += ": \(field.type)\(printer.deprecation(field))\n"
            }
        case .enumeration(let values):
            block("enum \(type.name)", values.all) { printer, value in
                printer.describe(value.description, indent: "  ")
                printer.text += "  \(value.name)\(printer.deprecation(value))\n"
            }
        case .inputObject(let fields):
            block("input \(type.name)", fields.all) { printer, field in
                printer.describe(field.description, indent: "  ")
                printer.text += "  \(printer.input(field))\n"
            }
        }
    }

    private mutating func block<Member>(
        _ head: String, _ members: [Member], _ print: (inout SchemaPrinter, Member) -> Void
    ) {
        text += "\(head) {\n"
        for member in members {
            print(&self, member)
        }
        text += "}\n"
    }

    private mutating func print(arguments: [InputDefinition]) {
        guard !arguments.isEmpty else { return }
        guard arguments.contains(where: { $0.description != nil }) else {
            text += "(\(arguments.map(input).joined(separator: ", ")))"
            return
        }
        text += "(\n"
        for argument in arguments {
            describe(argument.description, indent: "    ")
            text += "    \(input(argument))\n"
        }
        text += "  )"
    }

    private func input(_ input: InputDefinition) -> String {
        let value = input.defaultValue.map { " = \($0.literal)" } ?? ""
        return "\(input.name): \(input.type)\(value)\(deprecation(input))"
    }

    private func deprecation(_ part: some Deprecatable) -> String {
        part.deprecationReason.map { " @deprecated(reason: \(GraphQLValue.string($0).literal))" } ?? ""
    }

    private mutating func describe(_ description: String?, indent: String) {
        guard let description else { return }
        text += "\(indent)\(GraphQLValue.string(description).literal)\n"
    }
}
