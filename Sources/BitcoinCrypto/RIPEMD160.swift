/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996).
///
/// Two lines of five rounds run side by side over each 64-byte block and are added at the end. The tables below are
/// those of the paper: which message word each step takes, and by how many bits it rotates.
package enum RIPEMD160 {
    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var message = Array(bytes)
        let bitCount = UInt64(message.count) &* 8
        message.append(0x80)
        message.append(contentsOf: repeatElement(0, count: (120 - message.count % 64) % 64))
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            message.append(UInt8(truncatingIfNeeded: bitCount >> shift))
        }

        var state = State()
        var words = [UInt32](repeating: 0, count: 16)
        for block in stride(from: 0, to: message.count, by: 64) {
            for index in 0..<16 {
                let at = block + index * 4
                words[index] =
                    UInt32(message[at]) | UInt32(message[at + 1]) << 8 | UInt32(message[at + 2]) << 16
                    | UInt32(message[at + 3]) << 24
            }
            state.absorb(words)
        }
        return state.digest
    }

    /// The five chaining words.
    private struct State {
        var a: UInt32 = 0x6745_2301
        var b: UInt32 = 0xefcd_ab89
        var c: UInt32 = 0x98ba_dcfe
        var d: UInt32 = 0x1032_5476
        var e: UInt32 = 0xc3d2_e1f0

        /// Mixes in one block of 16 little-endian words.
        mutating func absorb(_ words: [UInt32]) {
            var left = self
            var right = self
            for step in 0..<80 {
                let round = step / 16
                left.step(
                    mix: round, word: words[Int(leftWords[step])], constant: leftConstants[round],
                    rotation: UInt32(leftRotations[step]))
                right.step(
                    mix: 4 - round, word: words[Int(rightWords[step])], constant: rightConstants[round],
                    rotation: UInt32(rightRotations[step]))
            }
            let sum = b &+ left.c &+ right.d
            b = c &+ left.d &+ right.e
            c = d &+ left.e &+ right.a
            d = e &+ left.a &+ right.b
            e = a &+ left.b &+ right.c
            a = sum
        }

        /// One step of one line.
        @inline(__always)
        private mutating func step(mix round: Int, word: UInt32, constant: UInt32, rotation: UInt32) {
            let mixed: UInt32 =
                switch round {
                case 0: b ^ c ^ d
                case 1: (b & c) | (~b & d)
                case 2: (b | ~c) ^ d
                case 3: (b & d) | (c & ~d)
                default: b ^ (c | ~d)
                }
            let sum = rotate(a &+ mixed &+ word &+ constant, by: rotation) &+ e
            a = e
            e = d
            d = rotate(c, by: 10)
            c = b
            b = sum
        }

        var digest: [UInt8] {
            [a, b, c, d, e].flatMap { word in
                [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
            }
        }
    }
}

@inline(__always)
private func rotate(_ word: UInt32, by bits: UInt32) -> UInt32 { word << bits | word >> (32 - bits) }

private let leftConstants: [UInt32] = [0, 0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xa953_fd4e]
private let rightConstants: [UInt32] = [0x50a2_8be6, 0x5c4d_d124, 0x6d70_3ef3, 0x7a6d_76e9, 0]

private let leftWords: [UInt8] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
    3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
    1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
    4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
]

private let rightWords: [UInt8] = [
    5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
    6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
    15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
    8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
    12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
]

private let leftRotations: [UInt8] = [
    11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
    7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
    11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
    11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
    9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
]

private let rightRotations: [UInt8] = [
    8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
    9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
    9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
    15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
    8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
]
