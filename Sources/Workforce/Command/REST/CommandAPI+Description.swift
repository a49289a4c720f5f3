import OutboxHTTP

extension CommandAPI {
    /// The OpenAPI 3.1 description of these routes and of those beside them, in UTF-8.
    public static var description: [UInt8] { PackageResources.openapi_json }

    func addDescription(to router: inout HTTPRouter) {
        router.get("/openapi.json") { _ in .json(Self.description) }
    }
}
