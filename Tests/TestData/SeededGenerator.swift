/// Random numbers that come again when asked for with the same seed (SplitMix64), so that a failure can be repeated.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Begins the numbers of `seed`.
    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Whether something happens that does so `percent` times in a hundred.
    package mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// A number of a range, which must not be empty.
    package mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self) }

    /// Any byte.
    package mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

    /// So many bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

    /// One of several; there must be one.
    package mutating func one<T>(of choices: [T]) -> T { choices[number(0..<choices.count)] }
}
