import Foundation
import OutboxCommandLine

/// One figure, and what it should be at least or at most.
struct Measurement: Encodable {
    enum Target: Encodable {
        case atLeast(Double)
        case atMost(Double)
    }

    let name: String
    let value: Double
    let unit: String
    let target: Target?

    init(_ name: String, _ value: Double, _ unit: String, target: Target? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.target = target
    }

    /// `nil` when there is nothing to meet.
    var isMet: Bool? {
        switch target {
        case .atLeast(let bound): value >= bound
        case .atMost(let bound): value <= bound
        case nil: nil
        }
    }

    private enum CodingKeys: String, CodingKey {
        case name, value, unit, atLeast, atMost, isMet
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        // JSON has no word for what could not be measured.
        try container.encode(value.isFinite ? value : nil, forKey: .value)
        try container.encode(unit, forKey: .unit)
        switch target {
        case .atLeast(let bound): try container.encode(bound, forKey: .atLeast)
        case .atMost(let bound): try container.encode(bound, forKey: .atMost)
        case nil: break
        }
        try container.encodeIfPresent(isMet, forKey: .isMet)
    }

    /// All of them, for people.
    static func table(_ measurements: [Measurement]) -> String {
        var table = TextTable([
            .init("measurement"), .init("value", .right), .init("unit"), .init("target", .right), .init("met"),
        ])
        for one in measurements {
            let target =
                switch one.target {
                case .atLeast(let bound): "≥ \(text(bound))"
                case .atMost(let bound): "≤ \(text(bound))"
                case nil: ""
                }
            table.add([one.name, text(one.value), one.unit, target, one.isMet.map { $0 ? "yes" : "no" } ?? ""])
        }
        return table.text
    }

    private static func text(_ value: Double) -> String {
        value >= 100 || value == value.rounded()
            ? String(Int(exactly: value.rounded()) ?? 0) : String(format: value < 10 ? "%.2f" : "%.1f", value)
    }
}
