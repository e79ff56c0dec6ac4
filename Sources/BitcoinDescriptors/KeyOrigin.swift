package import BitcoinCrypto
import ByteCoding

/// The first four bytes of a key's hash: enough to recognise a key, not enough to identify it.
package struct KeyFingerprint: Hashable, Sendable, CustomStringConvertible {
    /// The bytes as a big-endian number.
    package let rawValue: UInt32

    /// Takes the bytes as a big-endian number.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The fingerprint of a public key.
    package init(of key: PublicKey) { self.init(hash160: key.hash160) }

    init(hash160: [UInt8]) { rawValue = hash160.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    /// Parses eight hexadecimal digits; nil for anything else.
    package init?(hex: some StringProtocol) {
        guard hex.utf8.count == 8, let bytes = try? Hex.decode(hex) else { return nil }
        self.init(hash160: bytes)
    }

    /// The four bytes.
    package var bytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) } }

    /// Eight hexadecimal digits.
    package var description: String { Hex.encode(bytes) }
}

/// Where a key comes from: a master key and the steps from it (BIP380).
package struct KeyOrigin: Hashable, Sendable {
    /// The fingerprint of the master key.
    package var fingerprint: KeyFingerprint

    /// The steps from the master key.
    package var path: [UInt32]

    /// Makes an origin of its parts.
    package init(fingerprint: KeyFingerprint, path: [UInt32] = []) {
        self.fingerprint = fingerprint
        self.path = path
    }

    /// The path as `hdkeypath` shows it: "m/84h/1h/0h/0/7".
    package var pathText: String { "m" + path.keyPathText() }
}

/// The 20-byte hash that names a public key.
package struct KeyID: Hashable, Sendable {
    /// RIPEMD-160 of SHA-256 of the key.
    package let bytes: [UInt8]

    /// Takes 20 bytes as they are.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The name of a public key in the form it has.
    package init(of key: PublicKey) { bytes = key.hash160 }

    /// The names of the two full keys that share an x coordinate, the even one first.
    package static func candidates(for key: XOnlyPublicKey) -> [KeyID] {
        [2, 3].map { KeyID(bytes: HASH160.hash([$0] + key.bytes)) }
    }
}

/// The 20-byte hash that names a script.
package struct ScriptID: Hashable, Sendable {
    /// RIPEMD-160 of SHA-256 of the script.
    package let bytes: [UInt8]

    /// Takes 20 bytes as they are.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The name of a script.
    package init(of script: [UInt8]) { bytes = HASH160.hash(script) }

    /// The name of the script whose SHA-256 a witness program holds.
    package init(witnessProgram: [UInt8]) { bytes = RIPEMD160.hash(witnessProgram) }
}
