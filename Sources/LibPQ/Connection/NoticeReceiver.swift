import CLibPQ

/// Hands libpq's notices to a closure, rather than have them printed. Used on the connection's thread only.
final class NoticeReceiver {
    private let handler: (@Sendable (PQNotice) -> Void)?

    /// The server's last words, which come as a notice to a connection that has nothing to do.
    private(set) var farewell: PQError?

    init(_ handler: (@Sendable (PQNotice) -> Void)?) { self.handler = handler }

    /// Has libpq call it. It must live as long as the connection.
    func install(on connection: OpaquePointer) {
        PQsetNoticeReceiver(connection, Self.callback, Unmanaged.passUnretained(self).toOpaque())
    }

    private static let callback: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = {
        guard let receiver = $0, let result = $1 else { return }
        Unmanaged<NoticeReceiver>.fromOpaque(receiver).takeUnretainedValue().receive(result)
    }

    private func receive(_ result: OpaquePointer) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        let severity = field(DiagnosticField.severity) ?? field(DiagnosticField.translatedSeverity) ?? "NOTICE"
        let sqlState = field(DiagnosticField.sqlState)
        // An immediate shutdown is announced by a mere warning.
        guard severity != "FATAL" && severity != "PANIC" && sqlState != "57P01" && sqlState != "57P02" else {
            farewell = farewell ?? PQError(result: result)
            return
        }
        handler?(
            PQNotice(
                severity: severity, sqlState: sqlState,
                message: field(DiagnosticField.primaryMessage) ?? "", hint: field(DiagnosticField.hint)))
    }
}
