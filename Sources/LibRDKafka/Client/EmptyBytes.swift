/// An address for empty bytes: librdkafka takes a null pointer for "null", and an empty Swift buffer may have one.
enum EmptyBytes {
    nonisolated(unsafe) private static let storage = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)

    static func address(of bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
        bytes.baseAddress ?? UnsafeRawPointer(storage)
    }
}
