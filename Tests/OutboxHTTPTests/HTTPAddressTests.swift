import OutboxHTTP
import Testing

@Suite struct HTTPAddressTests {
    @Test(
        "Addresses are read and written back",
        arguments: ["127.0.0.1:9464", "[::1]:0", "localhost:80", "0.0.0.0:65535", "off", "[fe80::1%eth0]:1"])
    func roundTrip(text: String) {
        #expect(HTTPAddress(text)?.description == text)
    }

    @Test(
        "What is not an address is refused",
        arguments: [
            "", "127.0.0.1", ":9464", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
            "[::1]", "[::1", "[host]:80", "a b:80", "http://a:80", "a:+1",
        ])
    func refused(text: String) {
        #expect(HTTPAddress(text) == nil)
    }

    @Test("Off is off, in any case")
    func off() {
        #expect(HTTPAddress("OFF") == .off)
        #expect(HTTPAddress.off.isOff)
        #expect(!HTTPAddress.loopback(port: 0).isOff)
    }
}
