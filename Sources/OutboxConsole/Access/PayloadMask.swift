package import Outbox
import OutboxTelemetry

/// Hides secrets in what is shown of an event.
///
/// The value of a member is masked when its name holds one of the names, whatever its case and separators: `apikey` masks
/// `API-Key` and `tenantApiKeyOld`. It looks into objects, arrays, and strings that hold JSON; in other strings passwords
/// of URLs and the like are masked as in logs.
package struct PayloadMask: Sendable {
    private let names: [String]

    /// - Parameter names: parts of names, in any case.
    package init(_ names: [String]) {
        self.names = names.map(Self.plain).filter { !$0.isEmpty }
    }

    /// The value with its secrets masked.
    package func masked(_ value: JSONValue) -> JSONValue { masked(value, depth: 0) }

    private func masked(_ value: JSONValue, depth: Int) -> JSONValue {
        // Deeper than this is nobody's intent, and recursion must end.
        guard depth < 64 else { return .string("…") }
        switch value {
        case .object(let members):
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        (name, isSecret(name) ? .string(LogRedaction.mask) : masked(value, depth: depth + 1))
                    }))
        case .array(let elements): return .array(elements.map { masked($0, depth: depth + 1) })
        case .string(let text): return .string(masked(text, depth: depth))
        case .null, .bool, .integer, .number: return value
        }
    }

    private func masked(_ text: String, depth: Int) -> String {
        if let first = text.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let inner = try? JSONValue(parsing: text.utf8)
        {
            return String(decoding: masked(inner, depth: depth + 1).serialized(), as: UTF8.self)
        }
        return LogRedaction.redacted(text)
    }

    private func isSecret(_ name: String) -> Bool {
        let name = Self.plain(name)
        return names.contains { name.contains($0) }
    }

    private static func plain(_ name: String) -> String {
        String(name.lowercased().filter { !"_-. ".contains($0) })
    }
}
