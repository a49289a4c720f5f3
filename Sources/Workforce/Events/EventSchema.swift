/// The contract's JSON Schemas (2020-12), one per event type; the files stand in `Events/Schemas`.
///
/// A schema says what writers must write: no member more, no unknown code. Readers should be more patient, pass over
/// members they don't know and accept new codes, since the contract grows that way.
public enum EventSchema {
    /// The schema of an event's whole payload, context included, as JSON text in UTF-8.
    public static func text(of type: WorkforceEventType) -> [UInt8] {
        switch type {
        case .positionCreated: PackageResources.position_created_schema_json
        case .positionUpdated: PackageResources.position_updated_schema_json
        case .positionDeleted: PackageResources.position_deleted_schema_json
        case .assignmentFilled: PackageResources.assignment_filled_schema_json
        case .assignmentVacated: PackageResources.assignment_vacated_schema_json
        case .assignmentUpdated: PackageResources.assignment_updated_schema_json
        case .assignmentClosed: PackageResources.assignment_closed_schema_json
        case .jobLevelVersionCreated: PackageResources.jobLevel_versionCreated_schema_json
        case .jobLevelVersionConflict: PackageResources.jobLevel_versionConflict_schema_json
        case .organizationCreated: PackageResources.organization_created_schema_json
        case .organizationUpdated: PackageResources.organization_updated_schema_json
        }
    }
}
