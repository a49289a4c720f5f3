import FoundationEssentials
import OutboxHTTP

/// The page on which queries can be tried. It loads nothing from elsewhere, and the browser is told to see to that.
enum QueryPage {
    static func response() -> HTTPResponse {
        let nonce = UUID().text
        let page = String(decoding: PackageResources.page_html, as: UTF8.self).replacing("{nonce}", with: nonce)
        var response = HTTPResponse.bytes(Array(page.utf8), contentType: "text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] =
            "default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
    }
}
