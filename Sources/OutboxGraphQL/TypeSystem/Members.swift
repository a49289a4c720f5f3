/// What has a name that is unique among its kind.
protocol Named {
    var name: String { get }
}

/// What can be marked as not to be used any more.
protocol Deprecatable {
    var deprecationReason: String? { get }
}

/// Definitions in the order in which they were given, and by name.
struct Members<Member: Named & Sendable>: Sendable {
    let all: [Member]
    private let byName: [String: Member]

    init(_ members: [Member]) {
        all = members
        byName = Dictionary(members.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> Member? {
        byName[name]
    }
}
