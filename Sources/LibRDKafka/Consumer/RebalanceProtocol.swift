import CLibRDKafka

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Which of the two protocols the group has settled on.
enum RebalanceProtocol {
    static func isCooperative(_ handle: OpaquePointer) -> Bool {
        guard let name = rd_kafka_rebalance_protocol(handle) else { return false }
        return strcmp(name, "COOPERATIVE") == 0
    }
}
