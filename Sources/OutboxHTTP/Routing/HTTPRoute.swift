/// A method and a pattern of path segments with their handler.
struct HTTPRoute: Sendable {
    enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    let method: String
    let pattern: String
    let segments: [Segment]
    let handler: HTTPRouter.Handler

    init(method: String, pattern: String, handler: @escaping HTTPRouter.Handler) {
        self.method = method
        self.pattern = pattern
        self.handler = handler
        segments = pattern.split(separator: "/").map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    func matches(_ path: [String]) -> Bool {
        path.count == segments.count
            && zip(segments, path).allSatisfy { segment, text in
                switch segment {
                case .literal(let literal): literal == text
                case .parameter: !text.isEmpty
                }
            }
    }

    func parameters(of path: [String]) -> [String: String] {
        var parameters: [String: String] = [:]
        for case (.parameter(let name), let text) in zip(segments, path) { parameters[name] = text }
        return parameters
    }

    /// Of two routes that match, the one with a literal where the other has a parameter, from the left, wins.
    func isLessSpecific(than other: HTTPRoute) -> Bool {
        for case (let mine, let theirs) in zip(segments, other.segments) {
            switch (mine, theirs) {
            case (.parameter, .literal): return true
            case (.literal, .parameter): return false
            default: continue
            }
        }
        return false
    }
}
