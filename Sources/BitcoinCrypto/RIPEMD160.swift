/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996).
///
/// Two lines of five rounds run side by side over each 64-byte block and are added at the end. The tables below are
/// those of the paper: which message word each step takes, and by how many bits it rotates.
package enum RIPEMD160 {
    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        unsafe withContiguousBytes(bytes) { unsafe hash($0) }
    }

    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var state = State()
        let whole = bytes.count & ~63
        for block in stride(from: 0, to: whole, by: 64) { unsafe state.absorb(bytes, at: block) }
        // The rest, a bit that is set, zeros, and the count of bits fill one block or two.
        let rest = bytes.count - whole
        let padded = rest < 56 ? 64 : 128
        unsafe withUnsafeTemporaryAllocation(byteCount: padded, alignment: 8) { last in
            unsafe last.initializeMemory(as: UInt8.self, repeating: 0)
            if rest > 0 { unsafe last.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[whole...])) }
            unsafe last[rest] = 0x80
            let bitCount = UInt64(bytes.count) &* 8
            unsafe last.storeBytes(of: bitCount.littleEndian, toByteOffset: padded - 8, as: UInt64.self)
            for block in stride(from: 0, to: padded, by: 64) {
                unsafe state.absorb(UnsafeRawBufferPointer(last), at: block)
            }
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
        mutating func absorb(_ bytes: UnsafeRawBufferPointer, at start: Int) {
            var left = self
            var right = self
            unsafe left.run(bytes, start, 0, first) { $0 ^ $1 ^ $2 }
            unsafe left.run(bytes, start, 1, first) { ($0 & $1) | (~$0 & $2) }
            unsafe left.run(bytes, start, 2, first) { ($0 | ~$1) ^ $2 }
            unsafe left.run(bytes, start, 3, first) { ($0 & $2) | ($1 & ~$2) }
            unsafe left.run(bytes, start, 4, first) { $0 ^ ($1 | ~$2) }
            unsafe right.run(bytes, start, 0, second) { $0 ^ ($1 | ~$2) }
            unsafe right.run(bytes, start, 1, second) { ($0 & $2) | ($1 & ~$2) }
            unsafe right.run(bytes, start, 2, second) { ($0 | ~$1) ^ $2 }
            unsafe right.run(bytes, start, 3, second) { ($0 & $1) | (~$0 & $2) }
            unsafe right.run(bytes, start, 4, second) { $0 ^ $1 ^ $2 }
            let sum = b &+ left.c &+ right.d
            b = c &+ left.d &+ right.e
            c = d &+ left.e &+ right.a
            d = e &+ left.a &+ right.b
            e = a &+ left.b &+ right.c
            a = sum
        }

        /// One round of one line: 16 steps.
        @inline(__always)
        private mutating func run(
            _ bytes: UnsafeRawBufferPointer, _ start: Int, _ round: Int, _ line: Line,
            mix: (UInt32, UInt32, UInt32) -> UInt32
        ) {
            let constant = line.constants[round]
            for step in (16 * round)..<(16 * round + 16) {
                let offset = start + 4 * Int(line.words[step])
                let word = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                let sum = rotate(a &+ mix(b, c, d) &+ word &+ constant, by: UInt32(line.rotations[step])) &+ e
                a = e
                e = d
                d = rotate(c, by: 10)
                c = b
                b = sum
            }
        }

        var digest: [UInt8] {
            var digest: [UInt8] = []
            digest.reserveCapacity(20)
            for word in [a, b, c, d, e] {
                unsafe withUnsafeBytes(of: word.littleEndian) { unsafe digest.append(contentsOf: $0) }
            }
            return digest
        }
    }
}

/// What one of the two lines takes in each of its steps.
private struct Line {
    /// One for each round.
    let constants: InlineArray<5, UInt32>
    /// Which word of the message.
    let words: InlineArray<80, UInt8>
    /// By how many bits it rotates.
    let rotations: InlineArray<80, UInt8>
}

@inline(__always)
private func rotate(_ word: UInt32, by bits: UInt32) -> UInt32 { word << bits | word >> (32 - bits) }

private let first = Line(
    constants: [0, 0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xa953_fd4e],
    words: [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
        3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
        1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
        4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
    ],
    rotations: [
        11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
        7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
        11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
        11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
        9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
    ])

private let second = Line(
    constants: [0x50a2_8be6, 0x5c4d_d124, 0x6d70_3ef3, 0x7a6d_76e9, 0],
    words: [
        5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
        6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
        15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
        8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
        12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
    ],
    rotations: [
        8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
        9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
        9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
        15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
        8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
    ])
