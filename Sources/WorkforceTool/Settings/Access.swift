import OutboxHTTP
import OutboxJWT
import Workforce

/// Who may use a service.
struct Access {
    let verifier: TokenVerifier
    /// Where tokens are given to whoever asks.
    let devTokens: DevTokens?

    /// Puts ids, log, access control and the errors' envelope around a service's routes.
    func apply(to router: inout HTTPRouter, roles: Set<Role>) {
        router.addServiceLayers(access: AccessControl(verifier: verifier, roles: roles))
        devTokens?.addRoute(to: &router)
    }
}
