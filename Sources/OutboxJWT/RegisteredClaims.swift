/// The claims that every verifier looks at, as RFC 7519 registers them.
struct RegisteredClaims: Decodable {
    let sub: String?
    let iss: String?
    let aud: Audience?
    /// Seconds since 1970, perhaps with a fraction.
    let exp: Double?
    let nbf: Double?

    /// One recipient, or several.
    struct Audience: Decodable {
        let names: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let name = try? container.decode(String.self) {
                names = [name]
            } else {
                names = try container.decode([String].self)
            }
        }
    }
}
