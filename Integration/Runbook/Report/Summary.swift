import OutboxCommandLine

/// The end of a run: its steps, whether each passed, and where the evidence is.
struct Summary {
    let results: [StepResult]
    let folder: String

    /// Whether no step failed.
    var isGood: Bool { results.allSatisfy { $0.outcome != .failed } }

    var text: String {
        var table = TextTable([
            .init("step"), .init("result"), .init("claims", .right), .init("evidence"),
        ])
        for result in results {
            let holding = result.claims.filter(\.holds).count
            table.add([
                result.title, result.outcome.rawValue, "\(holding) of \(result.claims.count)",
                result.files.joined(separator: ", "),
            ])
        }
        let details = results.flatMap { result in
            result.claims.filter { !$0.holds }.map { "✗ \(result.name): \($0.text)" }
                + result.omissions.map { "– \(result.name): \($0)" }
        }
        let end = "\(isGood ? "Passed" : "FAILED"). Evidence: \(folder)"
        return ([table.text] + (details.isEmpty ? [] : [details.joined(separator: "\n")]) + [end])
            .joined(separator: "\n\n")
    }
}
