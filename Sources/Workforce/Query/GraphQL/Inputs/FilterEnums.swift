import OutboxGraphQL

/// The codes that can be asked for. Answers give codes as strings, since the contract may grow.
enum FilterEnums {
    static let positionStatus = GraphQLEnum<PositionStatus>(
        "PositionStatus", known: PositionStatus.known.filter { $0 != .deleted })
    static let assignmentStatus = GraphQLEnum<AssignmentStatus>("AssignmentStatus", known: AssignmentStatus.known)
    static let assignmentType = GraphQLEnum<AssignmentType>("AssignmentType", known: AssignmentType.known)
    static let catalogStatus = GraphQLEnum<CatalogStatus>("CatalogStatus", known: CatalogStatus.known)
}

extension GraphQLEnum where Value: ContractCode {
    fileprivate convenience init(_ name: String, known: [Value]) {
        self.init(name, cases: known.map { Case($0.rawValue, $0) })
    }
}
