import FoundationEssentials
import Outbox
import Testing

@testable import Workforce

@Suite("What commands check before they ask the database")
struct CommandValidationTests {
    static let day = CalendarDate(daysSince1970: 20_454)
    static let earlier = CalendarDate(daysSince1970: 20_453)

    /// The members that a command's check names.
    func fields(_ command: some Command) -> [String?] {
        do {
            try command.validate()
            return []
        } catch {
            return error.violations.map(\.field)
        }
    }

    @Test("good commands pass")
    func good() throws {
        let day = try #require(Self.day)
        let catalog = SampleCatalog(effectiveDate: day)
        #expect(fields(catalog.position(title: "工程师")) == [])
        #expect(fields(catalog.position(code: "P1000033", title: "Engineer", headcountCapacity: 0.1 + 0.2)) == [])
        #expect(
            fields(FillPosition(positionCode: "P1", employeeID: "E", employeeName: "Ada", effectiveDate: day)) == [])
        #expect(
            fields(
                FillPosition(
                    positionCode: "P1", employeeID: "E", employeeName: "Ada", assignmentType: .acting, fte: 0.01,
                    effectiveDate: day, endDate: day, autoRevert: true)) == [])
        #expect(fields(CreateOrganization(code: "O1", name: "x", effectiveDate: day)) == [])
        #expect(fields(UpdatePosition(code: "P1")) == [])
    }

    @Test("each member that is wrong is named, all at once")
    func everyField() throws {
        let day = try #require(Self.day)
        let position = CreatePosition(
            code: "p 1", title: "", organizationCode: "", jobFamilyGroupCode: "a", jobFamilyCode: "ä",
            jobRoleCode: "A;B", jobLevelCode: String(repeating: "A", count: 65), positionType: "",
            employmentType: "-", headcountCapacity: 0, effectiveDate: day)
        #expect(
            fields(position) == [
                "code", "title", "organizationCode", "jobFamilyGroupCode", "jobFamilyCode", "jobRoleCode",
                "jobLevelCode", "positionType", "employmentType", "headcountCapacity",
            ])
        let fill = FillPosition(
            positionCode: "P1'", employeeID: String(repeating: "x", count: 65), employeeName: "a\u{0}",
            assignmentType: AssignmentType(rawValue: "OWNER"), fte: 1.01, effectiveDate: day, autoRevert: true)
        #expect(
            fields(fill) == ["positionCode", "employeeId", "employeeName", "assignmentType", "fte", "autoRevert"])
        #expect(
            fields(CreateOrganization(code: "O", name: "n", unitType: "1-A", effectiveDate: day)) == ["unitType"])
        #expect(
            fields(CreateJobCatalogEntry(kind: .family, code: "F", name: "n", effectiveDate: day)) == [
                "jobFamilyGroupCode"
            ])
        #expect(
            fields(
                CreateJobCatalogEntry(
                    kind: .familyGroup, code: "F", name: "n", parentCode: "G", effectiveDate: day)) == ["parentCode"])
        #expect(
            fields(CreateJobLevel(code: "L", name: "n", roleCode: "R", levelRank: -1, effectiveDate: day)) == [
                "levelRank"
            ])
    }

    @Test("numbers that are no hundredths are refused", arguments: [0.005, 1.001, .nan, .infinity, -1, 10_000])
    func hundredths(value: Double) {
        #expect(fields(UpdatePosition(code: "P1", headcountCapacity: value)) == ["headcountCapacity"])
    }

    @Test("a last day before the first is a rule of its own")
    func dates() throws {
        let (day, earlier) = (try #require(Self.day), try #require(Self.earlier))
        let fill = FillPosition(
            positionCode: "P1", employeeID: "E", employeeName: "Ada", effectiveDate: day, endDate: earlier)
        let error = #expect(throws: CommandError.self) { try fill.validate() }
        #expect(error?.code == "ASSIGN_INVALID_DATES")
        #expect(error?.ruleID == "ASSIGN-DATES")
        #expect(error?.kind == .rejected)
    }

    @Test("operations are named after their commands")
    func operations() {
        #expect(CreatePosition.operation == "CreatePosition")
        #expect(CreateJobLevelVersion.operation == "CreateJobLevelVersion")
    }

    @Test("a context that events can't carry is refused", arguments: ["", "a:b", "a b", "ä", "-a"])
    func context(tenantID: String) {
        var check = InputCheck()
        CommandContext(tenantID: tenantID).check(&check)
        #expect(check.violations.map(\.field) == ["tenantId"])
    }

    @Test("a context makes the ids that it is not given")
    func madeIDs() {
        let context = CommandContext(tenantID: "a")
        #expect(UUID(uuidString: context.requestID) != nil)
        #expect(context.correlationID == context.requestID)
        #expect(CommandContext(tenantID: "a", requestID: "r", correlationID: "c").correlationID == "c")
    }
}
