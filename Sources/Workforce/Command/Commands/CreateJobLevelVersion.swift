public import FoundationEssentials
import LibPQ
import Outbox

/// Adds a version to a job level; writes `jobLevel.versionCreated`.
///
/// A level has one version from each day at most. A second one is refused (`JOB_CATALOG_TEMPORAL_CONFLICT`), the
/// transaction is rolled back, and then `jobLevel.versionConflict` is written in a transaction of its own.
public struct CreateJobLevelVersion: Command {
    public var code: String
    public var name: String
    public var status: CatalogStatus
    public var effectiveDate: CalendarDate
    public var parentRecordID: UUID?

    /// - Parameter parentRecordID: the version that this one follows, one of the same level.
    public init(
        code: String, name: String, status: CatalogStatus = .active, effectiveDate: CalendarDate,
        parentRecordID: UUID? = nil
    ) {
        self.code = code
        self.name = name
        self.status = status
        self.effectiveDate = effectiveDate
        self.parentRecordID = parentRecordID
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(code, "code")
        check.text(name, "name")
        check.known(status, "status")
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> JobLevelPayload {
        unit.concerns(.jobLevel, code)
        let level = try await unit.lockJobLevel(code)
        if let parentRecordID, try await !unit.jobLevelHasVersion(code, recordID: parentRecordID) {
            throw CommandError(
                .rejected, Rules.unknownReference("parentRecordId", parentRecordID.text))
        }
        var version = JobLevelPayload(
            jobLevelCode: code, name: name, roleCode: level.roleCode, levelRank: level.levelRank, status: status,
            effectiveDate: effectiveDate, recordId: UUIDv7.next())
        guard try await unit.insert(version, parentRecordID: parentRecordID) else {
            if let standing = try await unit.jobLevelVersion(code, effective: effectiveDate) {
                version.recordId = standing.recordID
                version.name = standing.name
                version.status = standing.status
            }
            throw Rules.versionConflict(standing: version)
        }
        unit.record(.jobLevelVersionCreated(version))
        return version
    }
}
