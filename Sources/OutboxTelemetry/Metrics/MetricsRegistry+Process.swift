#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension MetricsRegistry {
    /// Adds what Prometheus's own client libraries show of a process: processor seconds, memory, open files, start
    /// time. They are read from `/proc`; where there is none, only the processor seconds appear.
    public func addProcessMetrics() {
        counter("process_cpu_seconds_total", help: "Total user and system CPU time spent in seconds.") {
            ProcessStatistics.processorSeconds()
        }
        gauge("process_resident_memory_bytes", help: "Resident memory size in bytes.") {
            ProcessStatistics.residentBytes()
        }
        gauge("process_virtual_memory_bytes", help: "Virtual memory size in bytes.") {
            ProcessStatistics.virtualBytes()
        }
        gauge("process_open_fds", help: "Number of open file descriptors.") { ProcessStatistics.openFiles() }
        gauge("process_max_fds", help: "Maximum number of open file descriptors.") {
            ProcessStatistics.maximumOpenFiles()
        }
        // Read once: it doesn't change.
        let start = ProcessStatistics.startTime()
        gauge("process_start_time_seconds", help: "Start time of the process since unix epoch in seconds.") { start }
    }
}
