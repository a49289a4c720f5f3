import FoundationEssentials
import LibPQ
import Workforce

/// Random business, the same on every run of one seed, in several tenants that use the same codes.
struct RandomCommands {
    let world: WorkforceWorld
    let tenants: [String]
    let positions: [String]
    /// How many commands have been accepted and refused.
    private(set) var counts = (accepted: 0, refused: 0)
    private var generator: SeededNumbers
    private var assignments: [TenantKey: [UUID]] = [:]

    init(world: WorkforceWorld, tenants: [String], positions: Int, seed: UInt64) {
        self.world = world
        self.tenants = tenants
        self.positions = (0..<positions).map { "P\(1_000_000 + $0)" }
        generator = SeededNumbers(seed: seed)
    }

    /// Creates the catalogs and positions.
    func prepare() async throws {
        for tenant in tenants {
            try await world.catalog.create(with: world.service, context: world.context(tenant))
            try await world.execute(
                CreateOrganization(code: "1000002", name: "Sales", effectiveDate: world.today), tenant: tenant)
            for code in positions {
                try await world.execute(
                    world.catalog.position(code: code, title: "Position \(code)", headcountCapacity: 2),
                    tenant: tenant)
            }
        }
    }

    mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }

    /// One command; whether it is accepted is left to the rules.
    mutating func step() async throws {
        let tenant = tenants.randomElement(using: &generator) ?? "acme"
        let position = positions.randomElement(using: &generator) ?? "P1000000"
        let key = TenantKey(tenantID: tenant, code: position)
        let assignment = assignments[key, default: []].randomElement(using: &generator)
        let number = Int.random(in: 0..<100, using: &generator)
        do {
            switch (number, assignment) {
            case (0..<40, _):
                let later = CalendarDate(daysSince1970: world.today.daysSince1970 + number)
                let isLater = Bool.random(using: &generator)
                let fte: Double = [0.25, 0.5, 1].randomElement(using: &generator) ?? 1
                let filled = try await world.execute(
                    world.fill(position, fte: fte, from: isLater ? later : nil), tenant: tenant)
                assignments[key, default: []].append(filled.outcome.assignmentId)
            case (40..<60, let assignment?):
                try await world.execute(
                    CloseAssignment(positionCode: position, assignmentID: assignment), tenant: tenant)
            case (60..<75, let assignment?):
                try await world.execute(
                    UpdateAssignment(
                        positionCode: position, assignmentID: assignment, employeeName: "Name \(number)",
                        assignmentType: number.isMultiple(of: 2) ? .secondary : nil, fte: 0.75,
                        activates: number.isMultiple(of: 3)),
                    tenant: tenant)
            case (75..<80, _):
                try await world.execute(VacatePosition(positionCode: position), tenant: tenant)
            case (80..<88, _):
                try await world.execute(
                    UpdatePosition(
                        code: position, title: "Title \(number)",
                        organizationCode: number.isMultiple(of: 2) ? "1000002" : "1000001",
                        headcountCapacity: Double(number % 4) + 1, isInactive: number == 85),
                    tenant: tenant)
            case (88..<90, _):
                let date = CalendarDate(daysSince1970: world.today.daysSince1970 + 30)
                try await world.execute(
                    TransferPosition(
                        code: position, targetOrganizationCode: "1000002", effectiveDate: date ?? world.today),
                    tenant: tenant)
            case (90..<92, _):
                try await world.execute(DeletePosition(code: position), tenant: tenant)
            case (92..<96, _):
                try await world.execute(
                    UpdateOrganization(code: "1000002", name: "Sales \(number)"), tenant: tenant)
            case (96..<98, _):
                // Later and later, so that many of them come behind the version before.
                let date = CalendarDate(daysSince1970: world.today.daysSince1970 + counts.accepted % 90)
                try await world.execute(
                    CreatePositionVersion(
                        code: position,
                        changes: PositionChanges(
                            title: "Version \(number)", positionType: number == 96 ? "TEMPORARY" : "REGULAR",
                            employmentType: number == 96 ? "PART_TIME" : nil), effectiveDate: date ?? world.today),
                    tenant: tenant)
            default:
                let date = CalendarDate(daysSince1970: world.today.daysSince1970 + number % 3)
                try await world.execute(
                    CreateJobLevelVersion(code: "S3", name: "Senior", effectiveDate: date ?? world.today),
                    tenant: tenant)
            }
            counts.accepted += 1
        } catch is CommandError {
            // As in life.
            counts.refused += 1
        }
    }
}

/// The same numbers on every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
