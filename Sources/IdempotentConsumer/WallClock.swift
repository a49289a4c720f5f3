import FoundationEssentials

/// The time of day, for the age of events.
enum WallClock {
    /// Seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }
}
