/// The way to a field of the answer, shared by all that lies below.
indirect enum ResponsePath: Sendable {
    case root
    case child(GraphQLError.PathElement, of: ResponsePath)

    func appending(_ element: GraphQLError.PathElement) -> ResponsePath {
        .child(element, of: self)
    }

    var elements: [GraphQLError.PathElement] {
        var elements: [GraphQLError.PathElement] = []
        var path = self
        while case .child(let element, let parent) = path {
            elements.append(element)
            path = parent
        }
        return elements.reversed()
    }
}
