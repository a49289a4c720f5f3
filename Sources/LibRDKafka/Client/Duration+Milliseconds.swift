extension Duration {
    /// Whole milliseconds, rounded up, from 0 to Int32.max: the unit and range of librdkafka's time-outs.
    var roundedMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 2_147_483 else { return Int32.max }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
