import FoundationEssentials
import OutboxCommandLine
public import OutboxHTTP

extension DevTokens {
    private struct Wish: Decodable {
        var userId: String
        var tenantId: String
        var roles: [String]
        /// Such as `8h`, or seconds.
        var duration: Length?
    }

    private struct Length: Decodable {
        var duration: Duration

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let seconds = try? container.decode(UInt32.self) {
                duration = .seconds(Int64(seconds))
            } else if let duration = DurationText.parse(try container.decode(String.self)) {
                self.duration = duration
            } else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a duration")
            }
        }
    }

    private struct Grant: Encodable {
        var token: String
    }

    /// Adds `POST /auth/dev-token`: `{"userId", "tenantId", "roles", "duration"}` is answered with a token, good for
    /// eight hours unless `duration` says otherwise.
    public func addRoute(to router: inout HTTPRouter) {
        router.post(Self.path) { request in
            let wish = try request.decodeJSON(Wish.self)
            let unknown = wish.roles.contains { Role(rawValue: $0) == nil }
            // No role at all is refused, and so an unknown one is.
            let roles = unknown ? [] : Set(wish.roles.compactMap(Role.init))
            let caller = Caller(userID: wish.userId, tenantID: wish.tenantId, roles: roles)
            let token = try token(for: caller, duration: wish.duration?.duration ?? .seconds(8 * 3600))
            return try .envelope(Grant(token: token), for: request)
        }
    }
}
