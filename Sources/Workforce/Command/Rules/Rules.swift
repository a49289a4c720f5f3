import FoundationEssentials

/// The rules of the domain, each with its code, name and severity, so that they stand in one place.
enum Rules {
    static func notFound(_ type: AggregateType, _ id: String, field: String) -> CommandError {
        let (code, title) =
            switch type {
            case .position: ("POS_NOT_FOUND", "position")
            case .assignment: ("ASSIGN_NOT_FOUND", "assignment")
            case .jobLevel: ("JOB_LEVEL_NOT_FOUND", "job level")
            case .organization: ("ORG_NOT_FOUND", "organization")
            }
        return CommandError(
            .notFound,
            RuleViolation(
                code: code, ruleID: "EXISTENCE", severity: .high, field: field, message: "there is no \(title) \(id)"))
    }

    static func codeTaken(_ what: String, _ code: String) -> CommandError {
        rejected(
            "CODE_TAKEN", "UNIQUE-CODE", .high, field: "code",
            "the \(what) \(code) exists already; codes are used once")
    }

    static func unknownReference(_ field: String, _ code: String) -> RuleViolation {
        RuleViolation(
            code: "UNKNOWN_REFERENCE", ruleID: "REFERENCE", severity: .high, field: field,
            message: "\(field): there is no \(code)")
    }

    static func headcountExceeded(_ position: String, capacity: Double, wanted: Double) -> CommandError {
        rejected(
            "POS_HEADCOUNT_EXCEEDED", "POS-HEADCOUNT", .high, field: "fte",
            "position \(position) has a capacity of \(capacity), and \(wanted) would be assigned to it")
    }

    /// A position's version that does not begin after the one before.
    static func positionVersionConflict(
        _ position: String, wanted: CalendarDate, standing: CalendarDate? = nil
    ) -> CommandError {
        rejected(
            "POS_VERSION_CONFLICT", "POS-TEMPORAL", .high, field: "effectiveDate",
            "position \(position) has a version from \(standing.map { "\($0)" } ?? "\(wanted) or later"); "
                + "one from \(wanted) would not begin after it")
    }

    static func positionInactive(_ position: String) -> CommandError {
        rejected("POS_INVALID_STATE", "POS-STATE", .high, field: nil, "position \(position) is inactive")
    }

    static func positionOccupied(_ position: String) -> CommandError {
        rejected(
            "POS_HAS_ASSIGNMENTS", "POS-DELETE", .high, field: nil,
            "position \(position) has assignments that have not ended; vacate it first")
    }

    static func positionVacant(_ position: String) -> CommandError {
        rejected("POS_INVALID_STATE", "POS-STATE", .high, field: nil, "position \(position) has nobody in it")
    }

    static func assignmentEnded(_ assignment: UUID) -> CommandError {
        rejected(
            "ASSIGN_INVALID_STATE", "ASSIGN-STATE", .critical, field: nil,
            "assignment \(assignment.text) has ended and can't be changed any more")
    }

    static func endBeforeStart(_ end: CalendarDate, start: CalendarDate) -> CommandError {
        rejected(
            "ASSIGN_INVALID_DATES", "ASSIGN-DATES", .high, field: "endDate",
            "the last day \(end) lies before the first day \(start)")
    }

    /// A second version from the same day. The refusal itself is an event.
    static func versionConflict(standing: JobLevelPayload) -> CommandError {
        let code = "JOB_CATALOG_TEMPORAL_CONFLICT"
        let message = "job level \(standing.jobLevelCode) has a version from \(standing.effectiveDate) already"
        var payload = standing
        payload.error = "\(code): \(message)"
        return rejected(
            code, "JC-TEMPORAL", .high, field: "effectiveDate", message, consequence: .jobLevelVersionConflict(payload))
    }

    private static func rejected(
        _ code: String, _ ruleID: String, _ severity: RuleSeverity, field: String?, _ message: String,
        consequence: WorkforceEvent? = nil
    ) -> CommandError {
        CommandError(
            .rejected,
            RuleViolation(code: code, ruleID: ruleID, severity: severity, field: field, message: message),
            consequence: consequence)
    }
}
