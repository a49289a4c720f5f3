import Dispatch
import FoundationEssentials
import LibrarySchema
import OutboxGraphQL

/// What libFuzzer calls with bytes of its making: whatever they are, nothing may crash, hang, or answer with what is
/// no JSON.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGraphQL(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    _ = try? GraphQLRequest(json: bytes)
    guard let schema = try? FuzzedSchema.shared.get() else { preconditionFailure("the schema is refused") }
    let request = GraphQLRequest(query: String(decoding: bytes, as: UTF8.self))
    for error in schema.validate(request.query) {
        precondition(error.locations.allSatisfy { $0.line > 0 && $0.column > 0 && $0.column <= count + 1 })
    }
    let answered = DispatchSemaphore(value: 0)
    Task {
        let response = await schema.execute(request, context: Library.context)
        precondition((try? JSONDecoder().decode(Answer.self, from: Data(response.serialized()))) != nil)
        answered.signal()
    }
    answered.wait()
    return 0
}

private enum FuzzedSchema {
    static let shared = Result { try Library.schema() }
}

/// Enough of an answer for the decoder to read all of its text.
private struct Answer: Decodable {}
