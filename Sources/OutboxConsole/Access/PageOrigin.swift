import OutboxHTTP

/// Whether a request that changes something comes from our own page, or from no page at all.
///
/// A form or an image of another site can't send the `Authorization` that is asked for as well; this is the second lock.
enum PageOrigin {
    /// - Throws: `HTTPError` with 403 for what another site's page sends.
    static func check(_ headers: HTTPHeaders) throws(HTTPError) {
        if let site = headers["Sec-Fetch-Site"], site != "same-origin" { throw refused }
        guard let origin = headers["Origin"] else { return }
        guard let host = headers["Host"], let scheme = origin.firstRange(of: "://"),
            origin[scheme.upperBound...].lowercased() == host.lowercased()
        else { throw refused }
    }

    private static let refused = HTTPError(.forbidden, "The request comes from another site's page.")
}
