import Outbox
import Servers

/// O6: a query shows what the commands did.
struct QueryStep: Step {
    let name = "O6"
    let title = "GraphQL shows the closed assignment"

    func take(_ result: inout StepResult, in run: Run) async throws {
        guard let system = run.system else { return }
        guard let code = run.variables["positionCode"], let assignment = run.variables["assignmentId"] else {
            return result.check("the self-test has left a position whose assignment is closed", false)
        }
        let document = """
            {
              position(code: "\(code)") {
                code title status headcountCapacity headcountInUse availableHeadcount
                currentAssignment { assignmentId }
                assignmentHistory { assignmentId employeeName assignmentStatus isCurrent effectiveDate endDate }
              }
              assignments(positionCode: "\(code)") { totalCount data { assignmentId assignmentStatus endDate } }
              assignmentStats(positionCode: "\(code)") { totalAssignments activeAssignments endedAssignments }
            }
            """
        // Read your writes: no answer before the read model has what the self-test did to these two.
        let minimums = [code, assignment].compactMap { aggregate in
            run.exchanges.compactMap { $0.sequences[aggregate] }.max().map { "\(aggregate)=\($0)" }
        }
        result.check("the commands' answers have given sequences to wait for: \(minimums)", !minimums.isEmpty)
        let token = try await run.tokens(system).token(.reader) ?? ""
        let body: JSONValue = ["query": .string(document)]
        let headers = [
            "Authorization": "Bearer \(token)", "X-Tenant-ID": run.tenant,
            "X-Min-Sequence": minimums.joined(separator: ","),
        ]
        let json = String(decoding: body.serialized(), as: UTF8.self)
        let deadline = ContinuousClock.now + run.wait
        var answer: HTTPAnswer
        // 504: the read model is not there yet.
        repeat {
            answer = try await system.query.post("/graphql", json: json, headers: headers)
        } while answer.status == 504 && ContinuousClock.now < deadline
        let found = (try? JSONValue(parsing: answer.body)) ?? .null
        result.check("POST /graphql answers 200 without errors", answer.status == 200 && found["errors"] == nil)
        check(&result, found, assignment)
        let text = """
            POST \(system.query.baseURL)/graphql
            X-Min-Sequence: \(minimums.joined(separator: ","))
            \(document)
            -> \(answer.status)
            \(found == .null ? answer.text : String(decoding: found.serialized(pretty: true), as: UTF8.self))
            """
        try result.keep("O6-graphql.txt", text, in: run)
    }

    private func check(_ result: inout StepResult, _ json: JSONValue, _ assignment: String) {
        let position = json.at("data.position")
        let history = position?["assignmentHistory"]?.elements ?? []
        let closed = history.first { $0["assignmentId"]?.stringValue?.lowercased() == assignment.lowercased() }
        result.check("headcountInUse is 0", position?["headcountInUse"]?.doubleValue == 0)
        result.check(
            "assignment \(assignment) is ended, and not current",
            closed?["assignmentStatus"] == "ENDED" && closed?["isCurrent"] == false
                && closed?["endDate"]?.stringValue != nil)
        result.check("there is no current assignment", position?["currentAssignment"] == .null)
        result.check(
            "assignments and assignmentStats say the same",
            json.at("data.assignments.data.0.assignmentStatus") == "ENDED"
                && json.at("data.assignmentStats.activeAssignments") == 0
                && json.at("data.assignmentStats.endedAssignments")?.integerValue == Int64(history.count))
    }
}
