/// A part of a list.
public struct Page<Node: Sendable>: Sendable {
    /// What is on the page; none behind the last page.
    public var nodes: [Node]
    /// How many there are on all pages.
    public var total: Int
    public var request: PageRequest

    public var hasNext: Bool { request.offset + nodes.count < total && !nodes.isEmpty }
    public var hasPrevious: Bool { request.page > 1 && total > 0 }

    /// The same page of something that is made from each node.
    func map<Other: Sendable>(_ transform: (Node) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(nodes: try nodes.map(transform), total: total, request: request)
    }
}

extension Page: Equatable where Node: Equatable {}
