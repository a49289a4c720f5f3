import OutboxCommandLine
import OutboxJWT
import Workforce

/// `workforce token`
enum TokenCommand {
    private static let user = Option("user", .text("id"), help: "who the token is about")
    private static let tenant = Option("tenant", .text("id"), help: "whose data the token opens")
    private static let roles = Option(
        "role",
        ValueParser<Set<Role>>(
            valueName: "role,…", allowed: "some of \(Role.allCases.map(\.rawValue).joined(separator: ", "))"
        ) { text in
            let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let roles = names.compactMap(Role.init)
            return roles.count == names.count ? Set(roles) : nil
        }, help: "what the caller may do", defaultValue: [.writer], defaultText: "writer")
    private static let duration = Option(
        "duration", .duration(.seconds(1) ... .seconds(30 * 86_400)), help: "how long the token is good for",
        defaultValue: .seconds(8 * 3600), defaultText: "8h")

    static let command = OutboxCommandLine.Command(
        "token", summary: "Prints a token for the services, signed with WORKFORCE_JWT_SECRET.",
        options: [user.definition, tenant.definition, roles.definition, duration.definition],
        settings: [
            AccessSettings.secret.definition, AccessSettings.issuer.definition, AccessSettings.audience.definition,
        ]
    ) { invocation in
        guard let user = invocation[user], let tenant = invocation[tenant] else {
            throw UsageError("give --user and --tenant")
        }
        let caller = Caller(userID: user, tenantID: tenant, roles: invocation[roles] ?? [])
        let minter = try TokenMinter(secret: try invocation.value(AccessSettings.secret))
        let tokens = DevTokens(
            minter: minter, issuer: invocation[AccessSettings.issuer], audience: invocation[AccessSettings.audience])
        do {
            Console.standardOutput.writeLine(
                try tokens.token(for: caller, duration: invocation[duration] ?? .seconds(8 * 3600)))
        } catch let error as ServiceError {
            throw UsageError(error.message)
        }
        return .success
    }
}
