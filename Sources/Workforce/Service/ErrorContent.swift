/// The member `error` of an answer.
struct ErrorContent: Encodable {
    var code: String
    var message: String
    /// Where rules were broken.
    var details: Details?

    struct Details: Encodable {
        /// The first broken rule.
        var ruleId: String
        var validationErrors: [ValidationError]
    }

    struct ValidationError: Encodable {
        var code: String
        var message: String
        var field: String?
        var severity: String
        var context: Context

        struct Context: Encodable {
            var ruleId: String
        }
    }

    init(_ error: ServiceError) {
        code = error.code
        message = error.message
        details = error.violations.first.map { first in
            Details(
                ruleId: first.ruleID,
                validationErrors: error.violations.map {
                    ValidationError(
                        code: $0.code, message: $0.message, field: $0.field, severity: $0.severity.rawValue,
                        context: .init(ruleId: $0.ruleID))
                })
        }
    }
}
