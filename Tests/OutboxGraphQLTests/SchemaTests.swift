import Testing

import OutboxGraphQL

@Suite("schema")
struct SchemaTests {
    @Test("types may refer to each other in circles")
    func circles() throws {
        _ = try Library.schema()
    }
}
