extension Finding {
    /// What a failed event does to those behind it.
    package static let laterEventsWait = "The later events of its aggregate wait behind it; all other aggregates go on."

    /// Events are parked.
    package static func eventsParked(_ seen: String, commands: [String]) -> Finding {
        Finding(
            .poisonedEvent, .dispatch, .error, seen, why: laterEventsWait,
            advice: "mend the cause, then retry; discard gives the event up", commands: commands)
    }

    /// Events failed, and will be tried again.
    package static func eventsFailed(_ seen: String, commands: [String]) -> Finding {
        Finding(
            .poisonedEvent, .dispatch, .warning, seen, why: laterEventsWait,
            advice: "mend the cause; the next try is then a success, or made now", commands: commands)
    }
}
