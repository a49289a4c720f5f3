extension Validator {
    /// Every fragment must be used by an operation, if only through other fragments.
    mutating func checkFragmentUse() {
        var used: Set<String> = []
        for operation in document.operations {
            used.formUnion(fragmentsReached(from: operation.offset))
        }
        for fragment in document.fragments where !used.contains(fragment.name.text) {
            report("fragment \(fragment.name.text) is never used", at: fragment.offset)
        }
    }

    /// The names of the fragments that a definition spreads, directly or not.
    func fragmentsReached(from definition: Int) -> Set<String> {
        var reached: Set<String> = []
        var pending = uses[definition]?.spreads ?? []
        while let spread = pending.popLast() {
            guard let fragment = fragments[spread.name.text], reached.insert(spread.name.text).inserted else {
                continue
            }
            pending.append(contentsOf: uses[fragment.offset]?.spreads ?? [])
        }
        return reached
    }

    /// No fragment may contain itself.
    mutating func checkFragmentCycles() {
        var search = CycleSearch(fragments: fragments, uses: uses)
        for fragment in document.fragments {
            search.visit(fragment)
        }
        for cycle in search.cycles {
            let way = cycle.map(\.name.text).joined(separator: ", ")
            report("fragments contain themselves: \(way)", at: cycle.map(\.offset))
        }
    }
}

/// A search in depth through the fragments; its recursion is as deep as fragments are nested, which is limited.
private struct CycleSearch {
    let fragments: [String: Fragment]
    let uses: [Int: DefinitionUses]
    private(set) var cycles: [[FragmentSpread]] = []
    private var visited: Set<String> = []
    private var way: [FragmentSpread] = []
    /// Where on the way a fragment was entered.
    private var positions: [String: Int] = [:]

    init(fragments: [String: Fragment], uses: [Int: DefinitionUses]) {
        self.fragments = fragments
        self.uses = uses
    }

    mutating func visit(_ fragment: Fragment) {
        let name = fragment.name.text
        guard visited.insert(name).inserted else { return }
        positions[name] = way.count
        for spread in uses[fragment.offset]?.spreads ?? [] {
            way.append(spread)
            if let position = positions[spread.name.text] {
                cycles.append(Array(way[position...]))
            } else if let inner = fragments[spread.name.text] {
                visit(inner)
            }
            way.removeLast()
        }
        positions[name] = nil
    }
}
