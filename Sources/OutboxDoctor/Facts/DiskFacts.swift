import FoundationEssentials
import Glibc
import LibPQ

/// Whether the database's disk takes more. No role may ask a server for that, so some megabytes are written to a
/// temporary table, which goes with its transaction.
struct DiskFacts: Sendable {
    /// What the server said when it could not write; `nil` when it could.
    var refusal: String?
    /// The role may make no temporary tables.
    var isForbidden = false
    /// Of the disk with the data, where that is this machine's; `nil` where it can't be seen.
    var freeBytes: Int64?
    var totalBytes: Int64?
    var folder: String?

    static func read(_ connection: PQConnection) async throws -> DiskFacts {
        var facts = DiskFacts()
        let rights = try await connection.query(
            """
            SELECT has_database_privilege(current_database(), 'TEMP') AND NOT pg_is_in_recovery(),
                pg_has_role('pg_read_all_settings', 'USAGE') AND
                    (inet_server_addr() IS NULL OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1')
            """)
        let (mayWrite, mayAsk) = try rights[0].decode((Bool, Bool).self)
        if mayAsk {
            let folder = try await connection.query("SELECT current_setting('data_directory')")
            facts.look(at: try folder[0].decode(0))
        }
        guard mayWrite else {
            facts.isForbidden = true
            return facts
        }
        do {
            // The table's own place, whatever temporary tables usually have; 6 MB.
            try await connection.withTransaction { transaction in
                try await transaction.run(
                    script: """
                        SET LOCAL temp_tablespaces = '';
                        CREATE TEMPORARY TABLE outbox_doctor_probe ON COMMIT DROP AS
                            SELECT repeat(md5(n::text), 8) AS filling FROM generate_series(1, 20000) AS n
                        """)
            }
        } catch let error as PQError where error.sqlState == "53100" {
            facts.refusal = error.message
        } catch let error as PQError where error.sqlState == "25006" {
            facts.isForbidden = true
        }
        return facts
    }

    private mutating func look(at path: String) {
        var numbers = statvfs()
        guard statvfs(path, &numbers) == 0, numbers.f_blocks > 0 else { return }
        folder = path
        freeBytes = Int64(numbers.f_bavail) * Int64(numbers.f_frsize)
        totalBytes = Int64(numbers.f_blocks) * Int64(numbers.f_frsize)
    }
}
