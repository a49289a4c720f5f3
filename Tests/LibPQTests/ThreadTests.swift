import Testing

@testable import LibPQ

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("The thread of a connection")
struct ThreadTests {
    /// An actor on a thread of its own.
    private actor Worker {
        nonisolated let thread: PQThread
        private var order: [Int] = []

        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        init() throws { thread = try PQThread(name: "test") }

        func threadID() -> UInt { UInt(bitPattern: pthread_self().hashValue) }
        func append(_ value: Int) { order.append(value) }
        func values() -> [Int] { order }
        func block() { usleep(20_000) }
        func check() { assertIsolated() }
    }

    @Test("all jobs of an actor run on one thread, and two actors have two")
    func identity() async throws {
        let (first, second) = (try Worker(), try Worker())
        var seen: Set<UInt> = []
        for _ in 0..<20 {
            seen.insert(await first.threadID())
            await first.check()
        }
        #expect(seen.count == 1)
        #expect(!seen.contains(await second.threadID()))
    }

    @Test("blocking in more actors than there are processors holds nobody up")
    func blocking() async throws {
        let workers = try (0..<8).map { _ in try Worker() }
        await withTaskGroup { group in
            for worker in workers { group.addTask { await worker.block() } }
            // The pool's own threads are free meanwhile.
            await Task.yield()
        }
    }

    @Test("jobs from many tasks all run")
    func many() async throws {
        let worker = try Worker()
        await withTaskGroup { group in
            for value in 0..<500 { group.addTask { await worker.append(value) } }
        }
        #expect(await worker.values().sorted() == Array(0..<500))
    }

    @Test("a readable socket calls back once, between jobs")
    func watching() async throws {
        let worker = try Worker()
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        let calls = PQHandoff<Int>()
        worker.thread.watch(reader) { calls.put(1) }
        await worker.append(1)
        #expect(calls.count == 0)
        var byte: UInt8 = 1
        #expect(write(writer, &byte, 1) == 1)
        #expect(try await calls.take(timeout: .seconds(60)) == 1)
        // Still readable, but nobody asked again.
        await worker.append(2)
        await worker.append(3)
        #expect(calls.count == 0)
        worker.thread.watch(reader) { calls.put(2) }
        #expect(try await calls.take(timeout: .seconds(60)) == 2)
        worker.thread.unwatch()
        close(reader)
        close(writer)
    }

    @Test("threads end, and give their descriptors back")
    func ending() async {
        // In a process of its own: other tests open and close descriptors at the same time.
        await #expect(processExitsWith: .success) {
            _ = await (try Worker()).threadID()
            let before = try ThreadTests.descriptorCount()
            for _ in 0..<50 { _ = await (try Worker()).threadID() }
            try await until { try ThreadTests.descriptorCount() <= before + 2 }
        }
    }

    private static func descriptorCount() throws -> Int {
        let directory = try #require(opendir("/proc/self/fd"))
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return count
    }
}
