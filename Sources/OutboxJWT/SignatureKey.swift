import CCJose
import OutboxTelemetry

/// A key of the C library's.
///
/// `@unchecked Sendable` holds because nothing changes the key once it is made: signing and verifying take it const.
final class SignatureKey: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// A secret.
    init(secret: Secret<[UInt8]>) throws(TokenError) {
        let bytes = secret.revealed
        guard bytes.count >= TokenKeys.minimumSecretBytes else {
            throw TokenError(
                .badKeys, "The secret has \(bytes.count) bytes: at least \(TokenKeys.minimumSecretBytes) are needed.")
        }
        guard let key = cjose_jwk_create_oct_spec(bytes, bytes.count, nil) else {
            throw TokenError(.badKeys, "The secret can't be used.")
        }
        pointer = key
    }

    /// A key in JSON (RFC 7517); nil if it isn't one.
    init?(jwk: [UInt8]) {
        let key = jwk.withUnsafeBytes { bytes in
            cjose_jwk_import(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, nil)
        }
        guard let key else { return nil }
        pointer = key
    }

    deinit { cjose_jwk_release(pointer) }

    /// The key's length.
    var bits: Int { cjose_jwk_get_keysize(pointer, nil) }

    func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        withExtendedLifetime(self) { body(pointer) }
    }
}
