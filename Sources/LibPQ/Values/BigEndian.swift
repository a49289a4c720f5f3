/// Big-endian integers in byte buffers, as PostgreSQL's binary formats have them.
extension Array where Element == UInt8 {
    @inline(__always)
    mutating func appendBigEndian<Integer: FixedWidthInteger>(_ value: Integer) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Overwrites four bytes that were reserved for a length.
    mutating func setBigEndian(_ value: Int32, at index: Int) {
        let pattern = UInt32(bitPattern: value)
        self[index] = UInt8(truncatingIfNeeded: pattern >> 24)
        self[index + 1] = UInt8(truncatingIfNeeded: pattern >> 16)
        self[index + 2] = UInt8(truncatingIfNeeded: pattern >> 8)
        self[index + 3] = UInt8(truncatingIfNeeded: pattern)
    }
}

extension UnsafeRawBufferPointer {
    /// Reads a big-endian integer; the caller has checked that its bytes are there.
    @inline(__always)
    func bigEndian<Integer: FixedWidthInteger>(at offset: Int = 0, as: Integer.Type = Integer.self) -> Integer {
        Integer(bigEndian: loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }
}
