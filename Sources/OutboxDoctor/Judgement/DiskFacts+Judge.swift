import OutboxCommandLine

extension DiskFacts {
    func findings() -> [Finding] {
        let advice =
            "free space on the disk with the data directory (df -h there), or enlarge it; what fills it may be"
            + " log that a replication slot keeps"
        let commands = [
            Readable.sql("SELECT datname, pg_size_pretty(pg_database_size(datname)) FROM pg_database ORDER BY 2")
        ]
        if let refusal {
            return [
                Finding(
                    .diskFull, .database, .error, "the server can't write: \(refusal)",
                    why: "Writers' transactions fail, and dispatchers can't settle; they go on by themselves once there"
                        + " is room.",
                    advice: advice, commands: commands, seeAlso: [.replicationSlot])
            ]
        }
        if let freeBytes, let totalBytes, let folder, freeBytes < totalBytes / 20, freeBytes < 20 << 30 {
            return [
                Finding(
                    .diskFull, .database, .warning,
                    "the disk with \(folder) is nearly full: \(Readable.bytes(freeBytes)) of"
                        + " \(Readable.bytes(totalBytes)) are free",
                    why: "When it is full, writers' transactions fail and dispatchers can't settle.",
                    advice: advice, commands: commands)
            ]
        }
        if isForbidden {
            return [
                Finding(
                    .notAllowedToLook, .database, .note, "whether the disk is full was not tried",
                    why: "The role may make no temporary tables here.")
            ]
        }
        let free = freeBytes.map { "; \(Readable.bytes($0)) are free" } ?? ""
        return [Finding(.disk, .database, .ok, "the server's disk takes more\(free)")]
    }

    /// What a server said that could not write, met by another check.
    static func refused(_ message: String) -> DiskFacts { DiskFacts(refusal: message) }
}
