import FoundationEssentials
import LibPQ

extension ReadModelChanges {
    /// Writes all of it, one statement per table that changed.
    ///
    /// Rows are taken in the order of their keys, in every transaction, so that two partitions which touch the same
    /// positions wait for each other and never deadlock. What is there and newer stays.
    ///
    /// - Parameter schema: where the tables are.
    func write(to schema: String, in transaction: PQTransaction) async throws {
        if !organizations.isEmpty { try await writeOrganizations(to: schema, in: transaction) }
        if !jobLevels.isEmpty { try await writeJobLevels(to: schema, in: transaction) }
        if !positions.isEmpty { try await writePositions(to: schema, in: transaction) }
        if !staffing.isEmpty { try await writeStaffing(to: schema, in: transaction) }
        if !assignments.isEmpty { try await writeAssignments(to: schema, in: transaction) }
    }

    private func writeOrganizations(to schema: String, in transaction: PQTransaction) async throws {
        let rows = organizations.sorted { $0.key < $1.key }
        try await transaction.execute(
            """
            INSERT INTO \(identifier: schema).organizations AS old
                (tenant_id, code, name, unit_type, status, effective_date, record_id, sequence, created_at, updated_at)
            SELECT * FROM unnest(
                \(rows.map(\.key.tenantID)), \(rows.map(\.key.code)), \(rows.map(\.value.value.name)),
                \(rows.map(\.value.value.unitType)), \(rows.map(\.value.value.status.rawValue)),
                \(rows.map(\.value.value.effectiveDate)), \(rows.map(\.value.value.recordId)),
                \(rows.map(\.value.sequence)), \(rows.map(\.value.firstOccurredAt)), \(rows.map(\.value.occurredAt)))
            ON CONFLICT (tenant_id, code) DO UPDATE
            SET name = excluded.name, unit_type = excluded.unit_type, status = excluded.status,
                effective_date = excluded.effective_date, record_id = excluded.record_id, sequence = greatest(old.sequence, excluded.sequence),
                created_at = least(old.created_at, excluded.created_at), updated_at = excluded.updated_at
            WHERE excluded.sequence = 0 OR excluded.sequence >= old.sequence
            """)
    }

    private func writeJobLevels(to schema: String, in transaction: PQTransaction) async throws {
        let rows = jobLevels.sorted {
            ($0.key.level, $0.key.effectiveDate) < ($1.key.level, $1.key.effectiveDate)
        }
        try await transaction.execute(
            """
            INSERT INTO \(identifier: schema).job_level_versions AS old
                (tenant_id, code, effective_date, record_id, name, role_code, level_rank, status, sequence, created_at)
            SELECT * FROM unnest(
                \(rows.map(\.key.level.tenantID)), \(rows.map(\.key.level.code)), \(rows.map(\.key.effectiveDate)),
                \(rows.map(\.value.value.recordId)), \(rows.map(\.value.value.name)),
                \(rows.map(\.value.value.roleCode)),
                \(rows.map { Int64($0.value.value.levelRank) }), \(rows.map(\.value.value.status.rawValue)),
                \(rows.map(\.value.sequence)), \(rows.map(\.value.firstOccurredAt)))
            ON CONFLICT (tenant_id, code, effective_date) DO UPDATE
            SET record_id = excluded.record_id, name = excluded.name, role_code = excluded.role_code,
                level_rank = excluded.level_rank, status = excluded.status, sequence = greatest(old.sequence, excluded.sequence),
                created_at = least(old.created_at, excluded.created_at)
            WHERE excluded.sequence = 0 OR excluded.sequence >= old.sequence
            """)
    }

    private func writePositions(to schema: String, in transaction: PQTransaction) async throws {
        let rows = positions.sorted { $0.key < $1.key }
        let payloads = rows.map(\.value.value.payload)
        try await transaction.execute(
            """
            INSERT INTO \(identifier: schema).positions AS old
                (tenant_id, code, title, organization_code, job_family_group_code, job_family_code, job_role_code,
                job_level_code, record_id, position_type, employment_type, effective_date, is_deleted, sequence,
                created_at, updated_at)
            SELECT * FROM unnest(
                \(rows.map(\.key.tenantID)), \(rows.map(\.key.code)), \(payloads.map(\.title)),
                \(payloads.map(\.organizationCode)), \(payloads.map(\.jobFamilyGroupCode)),
                \(payloads.map(\.jobFamilyCode)), \(payloads.map(\.jobRoleCode)), \(payloads.map(\.jobLevelCode)),
                \(payloads.map(\.recordId)), \(payloads.map(\.positionType)), \(payloads.map(\.employmentType)),
                \(payloads.map(\.effectiveDate)), \(rows.map(\.value.value.isDeleted)), \(rows.map(\.value.sequence)),
                \(rows.map(\.value.firstOccurredAt)), \(rows.map(\.value.occurredAt)))
            ON CONFLICT (tenant_id, code) DO UPDATE
            SET title = excluded.title, organization_code = excluded.organization_code,
                job_family_group_code = excluded.job_family_group_code, job_family_code = excluded.job_family_code,
                job_role_code = excluded.job_role_code, job_level_code = excluded.job_level_code,
                record_id = excluded.record_id, position_type = excluded.position_type,
                employment_type = excluded.employment_type, effective_date = excluded.effective_date,
                is_deleted = excluded.is_deleted, sequence = greatest(old.sequence, excluded.sequence),
                created_at = least(old.created_at, excluded.created_at), updated_at = excluded.updated_at
            WHERE excluded.sequence = 0 OR excluded.sequence >= old.sequence
            """)
    }

    private func writeStaffing(to schema: String, in transaction: PQTransaction) async throws {
        let rows = staffing.sorted { $0.key < $1.key }
        try await transaction.execute(
            """
            INSERT INTO \(identifier: schema).position_staffing AS old
                (tenant_id, code, status, headcount_capacity, headcount_in_use, sequence, updated_at)
            SELECT * FROM unnest(
                \(rows.map(\.key.tenantID)), \(rows.map(\.key.code)), \(rows.map(\.value.value.status.rawValue)),
                \(rows.map(\.value.value.capacity)), \(rows.map(\.value.value.inUse)), \(rows.map(\.value.sequence)),
                \(rows.map(\.value.occurredAt)))
            ON CONFLICT (tenant_id, code) DO UPDATE
            SET status = excluded.status, headcount_capacity = excluded.headcount_capacity,
                headcount_in_use = excluded.headcount_in_use, sequence = greatest(old.sequence, excluded.sequence),
                updated_at = excluded.updated_at
            WHERE excluded.sequence = 0 OR excluded.sequence >= old.sequence
            """)
    }

    private func writeAssignments(to schema: String, in transaction: PQTransaction) async throws {
        let rows = assignments.sorted {
            ($0.key.tenantID, $0.key.id) < ($1.key.tenantID, $1.key.id)
        }
        let payloads = rows.map(\.value.value)
        try await transaction.execute(
            """
            INSERT INTO \(identifier: schema).assignments AS old
                (tenant_id, assignment_id, position_code, employee_id, employee_name, status, assignment_type, fte,
                effective_date, end_date, auto_revert, sequence, created_at, updated_at)
            SELECT * FROM unnest(
                \(rows.map(\.key.tenantID)), \(rows.map(\.key.id)), \(payloads.map(\.positionCode)),
                \(payloads.map(\.employeeId)), \(payloads.map(\.employeeName)),
                \(payloads.map(\.assignmentStatus.rawValue)), \(payloads.map(\.assignmentType.rawValue)),
                \(payloads.map(\.fte)), \(payloads.map(\.effectiveDate)), \(payloads.map(\.endDate)),
                \(payloads.map(\.autoRevert)), \(rows.map(\.value.sequence)), \(rows.map(\.value.firstOccurredAt)),
                \(rows.map(\.value.occurredAt)))
            ON CONFLICT (tenant_id, assignment_id) DO UPDATE
            SET position_code = excluded.position_code, employee_id = excluded.employee_id,
                employee_name = excluded.employee_name, status = excluded.status,
                assignment_type = excluded.assignment_type, fte = excluded.fte,
                effective_date = excluded.effective_date, end_date = excluded.end_date,
                auto_revert = excluded.auto_revert, sequence = greatest(old.sequence, excluded.sequence),
                created_at = least(old.created_at, excluded.created_at), updated_at = excluded.updated_at
            WHERE excluded.sequence = 0 OR excluded.sequence >= old.sequence
            """)
    }
}
