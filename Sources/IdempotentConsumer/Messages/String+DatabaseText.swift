extension String {
    /// Reads UTF-8 that a text column can hold: PostgreSQL's text has no NUL.
    init?(databaseText bytes: UnsafeRawBufferPointer) {
        guard !bytes.contains(0) else { return nil }
        self.init(validating: bytes, as: UTF8.self)
    }
}
