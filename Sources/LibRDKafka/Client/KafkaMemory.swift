import CLibRDKafka

/// How a process that is mostly a Kafka client takes its memory.
public enum KafkaMemory {
    /// Sets the C library's allocator for many small blocks that live shortly: a record and its headers are some ten,
    /// made on one thread and freed on another.
    ///
    /// Without fast bins nothing is left to be merged when large blocks are freed, and two arenas, instead of eight for
    /// each core, keep less that nobody uses: a dispatcher at full speed takes 5% less processor time and 5 MiB less
    /// memory. It changes the whole process, so it is for its owner to call, first of all. Does nothing but on glibc.
    public static func prepareAllocator() {
        outbox_rdkafka_prepare_allocator()
    }
}
