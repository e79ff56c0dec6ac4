/// The eight characters behind a descriptor's "#" (BIP380).
package enum DescriptorChecksum {
    /// The checksum of a descriptor without one; nil when it holds a character that descriptors cannot hold.
    package static func compute(_ text: some StringProtocol) -> String? {
        var state: UInt64 = 1
        var groups = 0
        var inGroup = 0
        for character in text.utf8 {
            guard let position = positions[Int(character)] else { return nil }
            // Each character gives its place in its group of 32; every three give one more symbol for the groups.
            state = step(state, UInt64(position & 31))
            groups = groups * 3 + position >> 5
            inGroup += 1
            if inGroup == 3 {
                state = step(state, UInt64(groups))
                groups = 0
                inGroup = 0
            }
        }
        if inGroup > 0 { state = step(state, UInt64(groups)) }
        for _ in 0..<8 { state = step(state, 0) }
        state ^= 1
        let characters = (0..<8).map { outputAlphabet[Int(state >> (5 * (7 - UInt64($0)))) & 31] }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The text with "#" and its checksum. Only for texts that this module wrote.
    static func append(to text: String) -> String { text + "#" + (compute(text) ?? "") }

    /// Verifies the checksum, if there is one, and takes it off.
    ///
    /// - Throws: `DescriptorError.checksum` with Core's text.
    package static func strip(_ text: String, isRequired: Bool) throws(DescriptorError) -> String {
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        if parts.count > 2 { throw .checksum("Multiple '#' symbols") }
        if parts.count == 1 && isRequired { throw .checksum("Missing checksum") }
        if parts.count == 2 && parts[1].utf8.count != 8 {
            throw .checksum("Expected 8 character checksum, not \(parts[1].utf8.count) characters")
        }
        let payload = parts.first.map(String.init) ?? ""
        guard let computed = compute(payload) else { throw .checksum("Invalid characters in payload") }
        if parts.count == 2 && parts[1] != computed {
            throw .checksum("Provided checksum '\(parts[1])' does not match computed checksum '\(computed)'")
        }
        return payload
    }

    private static let outputAlphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    /// For every byte its place in the alphabet of descriptors. The first 32 are those of keys in hexadecimal and of
    /// paths; letters of both cases share their place in a group.
    private static let positions: [Int?] = {
        let alphabet =
            "0123456789()[],'/*abcdefgh@:$%{}" + "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
            + "ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
        var table = [Int?](repeating: nil, count: 256)
        for (position, character) in alphabet.utf8.enumerated() { table[Int(character)] = position }
        return table
    }()

    /// One step of the code of BIP380.
    private static func step(_ state: UInt64, _ symbol: UInt64) -> UInt64 {
        let generator: [UInt64] = [0xf5_dee5_1989, 0xa9_fdca_3312, 0x1b_ab10_e32d, 0x37_06b1_677a, 0x64_4d62_6ffd]
        let top = state >> 35
        var next = (state & 0x7_ffff_ffff) << 5 ^ symbol
        for (bit, term) in generator.enumerated() where top >> UInt64(bit) & 1 == 1 { next ^= term }
        return next
    }
}
