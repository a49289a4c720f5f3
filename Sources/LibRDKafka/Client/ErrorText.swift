/// A buffer into which librdkafka writes why it refused something.
struct ErrorText: ~Copyable {
    let buffer: UnsafeMutablePointer<CChar>
    let size = 512

    init() {
        buffer = .allocate(capacity: size)
        buffer.initialize(repeating: 0, count: size)
    }

    deinit {
        buffer.deallocate()
    }

    var text: String {
        String(cString: buffer)
    }
}
