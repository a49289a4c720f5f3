import LibPQ

extension CommandUnit {
    /// A position's row, locked until the transaction ends.
    struct LockedPosition {
        var position: PositionPayload
        var isInactive: Bool
    }

    /// Locks a position. Everything that changes a position or one of its assignments begins here, so that the events'
    /// sequences grow per position.
    ///
    /// - Throws: ``CommandError`` of kind `notFound`, also for a position that was deleted.
    func lockPosition(_ code: String) async throws -> LockedPosition {
        let rows = try await transaction.query(
            """
            SELECT code, title, status, organization_code, job_family_group_code, job_family_code, job_role_code,
                job_level_code, headcount_capacity::float8, headcount_in_use::float8, record_id, position_type,
                employment_type, effective_date, is_inactive
            FROM positions WHERE tenant_id = \(tenantID) AND code = \(code) AND NOT is_deleted
            FOR UPDATE
            """)
        guard let row = rows.rows.first else {
            throw Rules.notFound(.position, code, field: "positionCode")
        }
        return LockedPosition(position: try Self.position(row), isInactive: try row.decode("is_inactive"))
    }

    /// Computes a position's head count and status from its assignments, after they were changed.
    ///
    /// - Throws: ``CommandError`` when more is assigned than the position has capacity for.
    func restaff(_ code: String) async throws -> PositionPayload {
        let rows = try await transaction.query(
            """
            WITH staffing AS (
                SELECT coalesce(sum(fte) FILTER (WHERE status = 'ACTIVE'), 0) AS in_use,
                    coalesce(sum(fte), 0) AS committed
                FROM assignments
                WHERE tenant_id = \(tenantID) AND position_code = \(code) AND status <> 'ENDED'
            )
            UPDATE positions AS p
            SET headcount_in_use = in_use, updated_at = now(),
                status = CASE
                    WHEN p.is_deleted THEN 'DELETED'
                    WHEN p.is_inactive THEN 'INACTIVE'
                    WHEN in_use = 0 THEN 'VACANT'
                    WHEN in_use < p.headcount_capacity THEN 'PARTIALLY_FILLED'
                    ELSE 'FILLED'
                END
            FROM staffing
            WHERE p.tenant_id = \(tenantID) AND p.code = \(code)
            RETURNING p.code, title, status, organization_code, job_family_group_code, job_family_code, job_role_code,
                job_level_code, headcount_capacity::float8, headcount_in_use::float8, record_id, position_type,
                employment_type, effective_date, committed::float8, committed > headcount_capacity AS overbooked
            """)
        guard let row = rows.rows.first else {
            throw Rules.notFound(.position, code, field: "positionCode")
        }
        let position = try Self.position(row)
        if try row.decode("overbooked", as: Bool.self) {
            throw Rules.headcountExceeded(
                code, capacity: position.headcountCapacity, wanted: try row.decode("committed"))
        }
        return position
    }

    private static func position(_ row: PQRow) throws(PQError) -> PositionPayload {
        PositionPayload(
            positionCode: try row.decode("code"), title: try row.decode("title"),
            status: PositionStatus(rawValue: try row.decode("status")),
            organizationCode: try row.decode("organization_code"),
            jobFamilyGroupCode: try row.decode("job_family_group_code"),
            jobFamilyCode: try row.decode("job_family_code"), jobRoleCode: try row.decode("job_role_code"),
            jobLevelCode: try row.decode("job_level_code"), headcountCapacity: try row.decode("headcount_capacity"),
            headcountInUse: try row.decode("headcount_in_use"), recordId: try row.decode("record_id"),
            positionType: try row.decode("position_type"), employmentType: try row.decode("employment_type"),
            effectiveDate: try row.decode("effective_date"))
    }
}
