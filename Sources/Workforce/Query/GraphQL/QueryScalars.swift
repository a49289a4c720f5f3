import FoundationEssentials
import Outbox
import OutboxGraphQL

/// The schema's own scalars.
enum QueryScalars {
    static let date = GraphQLScalar<CalendarDate>(
        "Date", description: "A day: YYYY-MM-DD.", serialize: { .string($0.description) },
        parse: { value in
            guard case .string(let text) = value, let date = CalendarDate(text) else {
                throw GraphQLError(.variables, "a Date is a day that exists, as a string in the form YYYY-MM-DD")
            }
            return date
        })

    static let dateTime = GraphQLScalar<Timestamp>(
        "DateTime", description: "A moment in UTC with microseconds: 2026-01-31T09:30:00.000250Z.",
        specifiedBy: "https://www.rfc-editor.org/rfc/rfc3339", serialize: { .string(RFC3339.format($0.date)) },
        parse: { value in
            guard case .string(let text) = value, let date = RFC3339.parse(text) else {
                throw GraphQLError(.variables, "a DateTime is a string as RFC 3339 has it")
            }
            return Timestamp(date)
        })
}

typealias Output<Value: Sendable> = GraphQLOutput<Value, QueryContext>

extension GraphQLOutput where Value == CalendarDate {
    static var date: Self { .scalar(QueryScalars.date) }
}

extension GraphQLOutput where Value == Timestamp {
    static var dateTime: Self { .scalar(QueryScalars.dateTime) }
}

extension GraphQLInput where Value == CalendarDate {
    static var date: Self { .scalar(QueryScalars.date) }
}
