import LibRDKafka
import Testing

@Suite("Partitioner")
struct PartitionerTests {
    @Test("murmur2 gives what the Java client gives")
    func vectors() {
        #expect(Murmur2Vector.all.count == 200)
        for vector in Murmur2Vector.all {
            #expect(vector.partitions.count == Murmur2Vector.partitionCounts.count)
            for (count, partition) in zip(Murmur2Vector.partitionCounts, vector.partitions) {
                let computed = KafkaPartitioner.murmur2Partition(ofKey: vector.key, partitionCount: count)
                #expect(computed == partition, "key \(vector.key) of \(count) partitions")
            }
        }
    }

    @Test("a producer sends a key to the partition that a Java client would")
    func producing() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 12)
        let producer = try producer(cluster)
        let reports = try await producer.send(
            Murmur2Vector.all.map { KafkaMessage(topic: "t", key: $0.key, value: "v".bytes) })
        #expect(reports.map(\.partition) == Murmur2Vector.all.map { $0.partitions[2] })
        await producer.close()
        await cluster.close()
    }
}
