import FoundationEssentials
import Outbox
public import OutboxHTTP

/// What all answers of the services look like.
///
///     {"success": true, "data": {…}, "message": "…", "requestId": "…", "timestamp": "…"}
///     {"success": false, "error": {"code": "…", "message": "…", "details": {…}}, "requestId": "…", "timestamp": "…"}
struct Envelope<Content: Encodable>: Encodable {
    var success: Bool
    var data: Content?
    var error: ErrorContent?
    var message: String?
    var requestId: String
    var timestamp = RFC3339.format(Date())
}

extension HTTPResponse {
    /// An answer to a request that went well.
    ///
    /// - Parameters:
    ///   - data: Becomes the member `data`.
    ///   - message: For people: what was done.
    /// - Throws: What encoding `data` throws.
    public static func envelope(
        _ data: some Encodable, message: String? = nil, status: HTTPStatus = .ok, for request: HTTPRequest
    ) throws -> HTTPResponse {
        try .json(
            encoding: Envelope(success: true, data: data, message: message, requestId: request.identity.requestID),
            status: status)
    }

    /// An answer to a request that went wrong.
    public static func envelope(error: ServiceError, for request: HTTPRequest) -> HTTPResponse {
        let identity = request.identity
        let envelope = Envelope<Never>(
            success: false, error: ErrorContent(error), requestId: identity.requestID)
        var response =
            (try? HTTPResponse.json(encoding: envelope, status: error.status)) ?? .error(error.status, error.message)
        for field in error.headers.fields { response.headers.add(field.name, field.value) }
        identity.mark(&response)
        return response
    }
}
