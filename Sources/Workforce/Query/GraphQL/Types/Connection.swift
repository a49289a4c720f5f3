import OutboxGraphQL

/// The types of a list: a page of nodes, once plain and once with cursors.
struct Connection<Node: Sendable>: Sendable {
    struct Edge: Sendable {
        let cursor: String
        let node: Node
    }

    let graphQL: GraphQLObject<Page<Node>, QueryContext>

    /// - Parameters:
    ///   - name: the nodes' type's; the list's types are named after it.
    ///   - cursor: what tells a node from all others in the list.
    init(_ name: String, _ node: GraphQLObject<Node, QueryContext>, cursor: @escaping @Sendable (Node) -> String) {
        let edge = GraphQLObject<Edge, QueryContext>("\(name)Edge") {
            GraphQLField("cursor", .string, description: "Tells the node from all others in the list.") { $0.cursor }
            GraphQLField("node", .object(node)) { $0.node }
        }
        graphQL = GraphQLObject("\(name)Connection", description: "A page of a list.") {
            GraphQLField("data", .list(.object(node))) { $0.nodes }
            GraphQLField("edges", .list(.object(edge))) { page in
                page.nodes.map { Edge(cursor: cursor($0), node: $0) }
            }
            GraphQLField("pagination", .object(Pagination.graphQL)) { Pagination($0) }
            GraphQLField("totalCount", .int, description: "On all pages.") { $0.total }
        }
    }
}

/// Which part of a list a page is.
struct Pagination: Sendable {
    let total: Int
    let request: PageRequest
    let hasNext: Bool
    let hasPrevious: Bool

    init(_ page: Page<some Sendable>) {
        total = page.total
        request = page.request
        hasNext = page.hasNext
        hasPrevious = page.hasPrevious
    }

    static let graphQL = GraphQLObject<Pagination, QueryContext>("PaginationInfo") {
        GraphQLField("total", .int, description: "On all pages.") { $0.total }
        GraphQLField("page", .int, description: "From 1.") { $0.request.page }
        GraphQLField("pageSize", .int) { $0.request.pageSize }
        GraphQLField("hasNext", .boolean) { $0.hasNext }
        GraphQLField("hasPrevious", .boolean) { $0.hasPrevious }
    }
}
