/// A field to execute: what a document says about it, looked up and merged once for all objects it is read from.
///
/// Without interfaces and unions an object's type is known beforehand, and with it all that happens.
struct PlannedField<Context: Sendable>: Sendable {
    let responseName: String
    let type: TypeReference
    let resolver: Resolver<Context>
    /// By name; or why they could not be made, which is an error of the field.
    let arguments: Result<[String: GraphQLValue], CoercionError>
    /// Of the object, if it is one.
    let selections: [PlannedField<Context>]
    /// Whether it or a field within has to wait for something.
    let isSuspending: Bool
    /// In the document.
    let offset: Int
}
