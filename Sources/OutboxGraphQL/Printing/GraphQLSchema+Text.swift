extension GraphQLSchema {
    /// The schema in the schema definition language, the types in the order of their names.
    ///
    /// Built-in scalars and introspection, which every schema has, are left out.
    public var text: String {
        var printer = SchemaPrinter()
        printer.print(system)
        return printer.text
    }
}
