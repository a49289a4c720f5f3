import LibPQ

extension CommandUnit {
    func organizationExists(_ code: String) async throws -> Bool {
        let rows = try await transaction.query(
            "SELECT FROM organizations WHERE tenant_id = \(tenantID) AND code = \(code)")
        return rows.rowCount > 0
    }

    /// Checks that what a position refers to exists.
    ///
    /// - Throws: ``CommandError`` of kind `rejected` that names every member with an unknown code.
    func checkReferences(
        organization: String, jobFamilyGroup: String, jobFamily: String, jobRole: String, jobLevel: String
    ) async throws {
        let missing = try await transaction.query(
            """
            SELECT field, code FROM (VALUES
                ('organizationCode', \(organization),
                    EXISTS (SELECT FROM organizations WHERE tenant_id = \(tenantID) AND code = \(organization))),
                ('jobFamilyGroupCode', \(jobFamilyGroup),
                    EXISTS (SELECT FROM job_catalog WHERE tenant_id = \(tenantID) AND kind = 'FAMILY_GROUP'
                        AND code = \(jobFamilyGroup))),
                ('jobFamilyCode', \(jobFamily),
                    EXISTS (SELECT FROM job_catalog WHERE tenant_id = \(tenantID) AND kind = 'FAMILY'
                        AND code = \(jobFamily))),
                ('jobRoleCode', \(jobRole),
                    EXISTS (SELECT FROM job_catalog WHERE tenant_id = \(tenantID) AND kind = 'ROLE'
                        AND code = \(jobRole))),
                ('jobLevelCode', \(jobLevel),
                    EXISTS (SELECT FROM job_levels WHERE tenant_id = \(tenantID) AND code = \(jobLevel)))
            ) AS reference (field, code, is_known)
            WHERE NOT is_known
            """)
        let violations = try missing.rows.map {
            Rules.unknownReference(try $0.decode("field"), try $0.decode("code"))
        }
        if let first = violations.first {
            throw CommandError(.rejected, first, Array(violations.dropFirst()))
        }
    }
}
