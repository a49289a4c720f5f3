import FoundationEssentials

/// A tenant's worth of sample data, made by commands: for demonstrations and first steps.
///
/// The same numbers make the same codes and names, so that creating it again adds only what is missing.
public struct SampleData: Sendable {
    private let service: CommandService
    private let context: CommandContext
    private let positions: Int
    private let filledPercent: Int
    private let firstDay: CalendarDate

    private static let organizations = ["Platform Engineering", "Sales", "Finance", "People", "Operations"]
    private static let levels = [("S1", "Junior"), ("S2", "Engineer"), ("S3", "Senior"), ("S4", "Staff")]
    private static let titles = ["Engineer", "Analyst", "Architect", "Designer", "Coordinator"]
    private static let givenNames = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Margaret", "Ken"]
    private static let familyNames = ["Lovelace", "Hopper", "Turing", "Liskov", "Hamilton", "Thompson", "Knuth"]

    /// - Parameters:
    ///   - positions: how many, up to 999,999.
    ///   - filledPercent: how many of a hundred have somebody in them.
    public init(service: CommandService, tenantID: String, positions: Int, filledPercent: Int = 80) {
        self.service = service
        context = CommandContext(tenantID: tenantID, actor: "seed", reason: "sample data")
        self.positions = min(max(0, positions), 999_999)
        self.filledPercent = filledPercent
        firstDay = CalendarDate(year: 2026, month: 1, day: 1) ?? .placeholder
    }

    /// Creates what is missing.
    ///
    /// - Parameter advance: called after each position.
    /// - Returns: how many commands were done.
    /// - Throws: ``CommandError`` of kind `invalid` for a tenant that is none, `PQError` when the database failed.
    public func create(advance: @escaping @Sendable () -> Void = {}) async throws -> Int {
        var done = try await createCatalog()
        // A few at a time: each is a transaction that waits for the disk.
        try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<positions {
                if index >= 4 { done += try await group.next() ?? 0 }
                group.addTask {
                    defer { advance() }
                    return try await createPosition(index)
                }
            }
            for try await count in group { done += count }
        }
        return done
    }

    private func createCatalog() async throws -> Int {
        var done = 0
        for (index, name) in Self.organizations.enumerated() {
            done += try await run(
                CreateOrganization(code: Self.organizationCode(index), name: name, effectiveDate: firstDay))
        }
        for (kind, code, name, parent) in [
            (JobCatalogKind.familyGroup, "TECH", "Technology", nil), (.family, "TECH-SW", "Software", "TECH"),
            (.role, "SWE", "Software engineer", "TECH-SW"),
        ] {
            done += try await run(
                CreateJobCatalogEntry(
                    kind: kind, code: code, name: name, parentCode: parent, effectiveDate: firstDay))
        }
        for (rank, level) in Self.levels.enumerated() {
            done += try await run(
                CreateJobLevel(
                    code: level.0, name: level.1, roleCode: "SWE", levelRank: rank + 1, effectiveDate: firstDay))
        }
        return done
    }

    private func createPosition(_ index: Int) async throws -> Int {
        let code = "P\(1_000_000 + index)"
        let created = try await run(
            CreatePosition(
                code: code, title: Self.titles[index % Self.titles.count],
                organizationCode: Self.organizationCode(index % Self.organizations.count),
                jobFamilyGroupCode: "TECH", jobFamilyCode: "TECH-SW", jobRoleCode: "SWE",
                jobLevelCode: Self.levels[index % Self.levels.count].0, effectiveDate: firstDay))
        // Positions that are there already keep whom they have, or don't have.
        guard created > 0, (index * 37) % 100 < filledPercent else { return created }
        let given = Self.givenNames[index % Self.givenNames.count]
        let family = Self.familyNames[index % Self.familyNames.count]
        return try await created
            + run(
                FillPosition(
                    positionCode: code, employeeID: "E\(1_000_000 + index)", employeeName: "\(given) \(family)",
                    effectiveDate: firstDay))
    }

    private static func organizationCode(_ index: Int) -> String { "\(1_000_001 + index)" }

    /// - Returns: 1, or 0 when it is there already.
    private func run(_ command: some Command) async throws -> Int {
        do {
            _ = try await service.execute(command, context: context)
            return 1
        } catch let error as CommandError where error.code == "CODE_TAKEN" {
            return 0
        }
    }
}
