#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import FoundationEssentials

/// A folder that is removed with all that is in it: by ``remove()``, with the last reference, or, at the latest, when
/// this process ends, even when it is killed.
public final class TemporaryFolder: Sendable {
    /// Where it is: an absolute path, short enough to hold a Unix socket.
    public let path: String

    private let guardian: Guardian

    /// Makes an empty folder that other users may look into.
    ///
    /// - Throws: ``ServerError`` when the folder can't be made.
    public init() throws(ServerError) {
        // The path of a Unix socket may have no more than 103 bytes.
        var base = environmentValue("TMPDIR") ?? "/tmp"
        while base.hasSuffix("/") && base.count > 1 { base.removeLast() }
        if base.utf8.count > 50 || !base.hasPrefix("/") { base = "/tmp" }
        guardian = try Guardian.shared.get()
        var template = Array("\(base)/swift-outbox-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ServerError(.system, "can't make a folder in \(base): \(describe(errorNumber: errno))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guardian.remember(folder: path)
        chmod(path, 0o755)
    }

    deinit { remove() }

    /// Removes the folder; once it is removed, does nothing.
    public func remove() {
        guard fileExists(path) else { return }
        // A server that was killed may still be writing its last file.
        for _ in 0..<5 {
            try? FileManager.default.removeItem(atPath: path)
            if !fileExists(path) { break }
        }
        if !fileExists(path) { guardian.forget(folder: path) }
    }
}
