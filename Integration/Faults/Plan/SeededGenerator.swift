/// Random numbers that are the same again for the same seed: SplitMix64.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A generator for one part of a run, which doesn't depend on how much the other parts draw.
    init(seed: UInt64, part: UInt64) {
        var generator = SeededGenerator(seed: seed ^ (part &* 0xD6E8_FEB8_6659_FD93))
        state = generator.next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
