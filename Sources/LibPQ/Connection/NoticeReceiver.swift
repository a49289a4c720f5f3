import CLibPQ

/// Hands libpq's notices to a closure. Without a closure they are dropped, rather than printed as libpq would.
final class NoticeReceiver: Sendable {
    private let handler: @Sendable (PQNotice) -> Void

    init(_ handler: @escaping @Sendable (PQNotice) -> Void) { self.handler = handler }

    static let callback: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = { context, result in
        guard let context, let result else { return }
        let receiver = Unmanaged<NoticeReceiver>.fromOpaque(context).takeUnretainedValue()
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        receiver.handler(
            PQNotice(
                severity: field(DiagnosticField.severity) ?? "NOTICE", sqlState: field(DiagnosticField.sqlState),
                message: field(DiagnosticField.primaryMessage) ?? "", hint: field(DiagnosticField.hint)))
    }
}
