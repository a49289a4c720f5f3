/// Runs a plan's resolvers and builds the answer.
struct Executor<Context: Sendable>: Sendable {
    /// A value that may not be null is: the nearest field around it that may be becomes null. Its error is recorded.
    struct NullPropagation: Error {}

    /// How many elements of one list are worked on at the same time.
    static var concurrentElements: Int { 16 }

    let context: Context
    let state: ExecutionState
    let onInternalError: @Sendable (any Error, [GraphQLError.PathElement]) -> Void

    /// The selected fields of an object; those that wait for something wait together.
    func object(
        _ source: any Sendable, _ fields: [PlannedField<Context>], at path: ResponsePath
    ) async throws(NullPropagation) -> GraphQLValue {
        let isConcurrent = fields.count(where: \.isSuspending) > 1
        let results = await ordered(fields, concurrently: isConcurrent ? fields.count : 1) { field in
            await result { () async throws(NullPropagation) in
                try await self.field(field, of: source, at: path.appending(.field(field.responseName)))
            }
        }
        var members: [GraphQLValue.Member] = []
        members.reserveCapacity(fields.count)
        for (field, result) in zip(fields, results) {
            members.append(.init(field.responseName, try result.get()))
        }
        return .object(members)
    }

    private func field(
        _ field: PlannedField<Context>, of source: any Sendable, at path: ResponsePath
    ) async throws(NullPropagation) -> GraphQLValue {
        do {
            let value = await resolve(field, of: source, at: path)
            return try await complete(value, as: field.type, field, at: path)
        } catch {
            if field.type.isNonNull { throw error }
            return .null
        }
    }

    private func resolve(
        _ field: PlannedField<Context>, of source: any Sendable, at path: ResponsePath
    ) async -> ResolvedValue {
        do {
            switch field.resolver {
            case .immediate(let resolve): return try resolve(source)
            case .suspending(let resolve):
                try Task.checkCancellation()
                guard state.stopped == nil else { throw CancellationError() }
                return try await resolve(source, context, try field.arguments.get())
            }
        } catch {
            return .failed(error)
        }
    }

    private func complete(
        _ value: ResolvedValue, as type: TypeReference, _ field: PlannedField<Context>, at path: ResponsePath
    ) async throws(NullPropagation) -> GraphQLValue {
        guard state.countValue() else { throw NullPropagation() }
        switch value {
        case .leaf(let leaf): return leaf
        case .failed(let error):
            record(error, field, at: path)
            throw NullPropagation()
        case .object(let source): return try await object(source, field.selections, at: path)
        case .list(let elements): return try await list(elements, as: type, field, at: path)
        }
    }

    private func list(
        _ elements: [ResolvedValue], as type: TypeReference, _ field: PlannedField<Context>, at path: ResponsePath
    ) async throws(NullPropagation) -> GraphQLValue {
        let elementType = type.element ?? type
        let waits = field.selections.contains(where: \.isSuspending)
        let indexed = Array(elements.enumerated())
        let results = await ordered(indexed, concurrently: waits ? Self.concurrentElements : 1) { index, element in
            await result { () async throws(NullPropagation) in
                do throws(NullPropagation) {
                    return try await complete(element, as: elementType, field, at: path.appending(.index(index)))
                } catch {
                    if elementType.isNonNull { throw error }
                    return .null
                }
            }
        }
        var values: [GraphQLValue] = []
        values.reserveCapacity(results.count)
        for result in results {
            values.append(try result.get())
        }
        return .list(values)
    }

    private func record(_ error: any Error, _ field: PlannedField<Context>, at path: ResponsePath) {
        let elements = path.elements
        switch error {
        case is CancellationError:
            state.stop(GraphQLError(.cancelled, "the request was given up before it was answered"))
        case var error as GraphQLError:
            error.path = elements
            state.record(error, at: field.offset)
        case let error as CoercionError:
            state.record(GraphQLError(.variables, error.message, path: elements), at: field.offset)
        default:
            onInternalError(error, elements)
            state.record(
                GraphQLError(.internalError, "this field could not be answered", path: elements), at: field.offset)
        }
    }
}

private func result<Failure: Error>(
    _ body: () async throws(Failure) -> GraphQLValue
) async -> Result<GraphQLValue, Failure> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
