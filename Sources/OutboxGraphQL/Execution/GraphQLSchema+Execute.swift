extension GraphQLSchema {
    /// Parses, validates and executes a request.
    ///
    /// Fields whose resolvers need time run concurrently. When the task is cancelled, no more resolvers are started
    /// and the answer is an error.
    ///
    /// - Parameters:
    ///   - context: handed to the resolvers.
    ///   - onInternalError: gets the errors of resolvers that are kept from the client, with the field's path, for
    ///     the log; it may be called concurrently.
    /// - Returns: the answer; all errors are in it.
    public func execute(
        _ request: GraphQLRequest, context: Context,
        onInternalError: @escaping @Sendable (any Error, [GraphQLError.PathElement]) -> Void = { _, _ in }
    ) async -> GraphQLResponse {
        let source = SourceText(request.query)
        let plan: [PlannedField<Context>]
        do {
            plan = try self.plan(request, source)
        } catch {
            return GraphQLResponse(data: nil, errors: error.all)
        }
        let state = ExecutionState(maximumValues: limits.resultValues)
        let executor = Executor(context: context, state: state, onInternalError: onInternalError)
        var data = GraphQLValue.null
        do {
            data = try await executor.object((), plan, at: .root)
        } catch {
            // The error is recorded: all of the answer is null.
        }
        if let stopped = state.stopped {
            return GraphQLResponse(data: .null, errors: [stopped])
        }
        return GraphQLResponse(data: data, errors: locate(state.errors, in: source))
    }

    /// Parses and validates a document without executing it.
    ///
    /// - Returns: what is wrong with it, also what goes beyond the limits; empty when it may be executed.
    public func validate(_ document: String) -> [GraphQLError] {
        do {
            _ = try validDocument(SourceText(document))
            return []
        } catch {
            return error.all
        }
    }

    private func plan(
        _ request: GraphQLRequest, _ source: SourceText
    ) throws(GraphQLErrors) -> [PlannedField<Context>] {
        let document = try validDocument(source)
        let operation = try document.operation(named: request.operationName)
        let variables = try VariableCoercion(system: system).coerce(request.variables, for: operation, in: source)
        let planner = Planner(
            system: system, resolvers: resolvers, fragments: document.fragmentsByName,
            coercion: LiteralCoercion(system: system, variables: variables))
        do {
            return try planner.plan([operation.selections], on: system.queryType)
        } catch {
            throw GraphQLErrors([GraphQLError(.variables, "a directive's condition: \(error.message)")])
        }
    }

    private func validDocument(_ source: SourceText) throws(GraphQLErrors) -> Document {
        let document: Document
        do {
            document = try Parser.parse(source, limits: limits)
            try DocumentSize.check(document, limits: limits)
        } catch {
            throw GraphQLErrors([
                GraphQLError(error.code, error.message, locations: [source.location(at: error.offset)])
            ])
        }
        let errors = Validator.validate(document, against: system)
        guard errors.isEmpty else { throw GraphQLErrors(errors) }
        return document
    }

    private func locate(_ errors: [ExecutionState.FieldError], in source: SourceText) -> [GraphQLError] {
        var locations: [Int: GraphQLError.Location] = [:]
        return errors.map { found in
            let location = locations[found.offset] ?? source.location(at: found.offset)
            locations[found.offset] = location
            var error = found.error
            error.locations = [location]
            return error
        }
    }
}
