public import FoundationEssentials
import Outbox

/// A moment as people name it: by its timestamp (`2026-01-31T09:30:00Z`), by its day (`2026-01-31`, where that begins
/// in UTC), or by how long ago it was (`2h`); also `now`.
public enum TimePoint: Sendable, Hashable {
    /// A moment on the calendar.
    case at(Date)
    /// So long before now.
    case ago(Duration)

    /// - Returns: `nil` when the text names no moment.
    public init?(_ text: String) {
        if text == "now" {
            self = .ago(.zero)
        } else if let duration = DurationText.parse(text) {
            self = .ago(duration)
        } else if let date = RFC3339.parse(text) ?? RFC3339.parse(text + "T00:00:00Z") {
            self = .at(date)
        } else {
            return nil
        }
    }

    /// The moment itself.
    ///
    /// - Parameter now: what durations count back from; take it once for all moments of a command.
    public func date(now: Date) -> Date {
        switch self {
        case .at(let date): date
        case .ago(let duration): now.addingTimeInterval(-(duration / .seconds(1)))
        }
    }
}

extension ValueParser where Value == TimePoint {
    /// A moment: a timestamp, a day, or how long ago.
    public static var time: ValueParser {
        ValueParser(
            valueName: "time",
            allowed: "how long ago, such as 2h or 7d, or a time such as 2026-01-31T09:30:00Z or 2026-01-31"
        ) { TimePoint($0) }
    }
}
