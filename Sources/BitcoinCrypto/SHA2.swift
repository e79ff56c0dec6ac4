import Crypto

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// The 32-byte digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        unsafe withContiguousBytes(bytes) { unsafe SHA256State.digest(of: $0).bytes }
    }

    /// The 32-byte digest of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe SHA256State.digest(of: $0).bytes }
    }

    /// The 32-byte digest of `bytes`.
    package static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe SHA256State.digest(of: $0).bytes }
    }
}

/// SHA-256 over input that comes in pieces. A value: a copy goes on from where the other was copied.
package struct SHA256Hasher: Sendable {
    private var state = SHA256State()

    /// Starts with no input.
    package init() {}

    /// Adds bytes to the input.
    package mutating func update(_ bytes: some Collection<UInt8>) {
        unsafe withContiguousBytes(bytes) { unsafe state.absorb($0) }
    }

    /// Adds bytes to the input.
    package mutating func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe state.absorb($0) } }

    /// Adds bytes to the input.
    package mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe state.absorb($0) }
    }

    /// Adds the 32 bytes of a hash, in internal order.
    package mutating func update(_ hash: Hash256) { state.absorb(hash) }

    // One for each width: a generic function of this module would not be specialised for another's calls.

    /// Adds a byte.
    package mutating func update(littleEndian number: UInt8) { add(number) }

    /// Adds two bytes of a number, the lower first.
    package mutating func update(littleEndian number: UInt16) { add(number) }

    /// Adds the four bytes of a number, the lowest first.
    package mutating func update(littleEndian number: UInt32) { add(number) }

    /// Adds the eight bytes of a number, the lowest first.
    package mutating func update(littleEndian number: UInt64) { add(number) }

    /// Adds the eight bytes of a number, the lowest first.
    package mutating func update(littleEndian number: Int64) { add(number) }

    private mutating func add(_ number: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe state.absorb($0) }
    }

    /// Adds a count as a CompactSize (serialize.h).
    package mutating func update(compactSize count: Int) {
        switch count {
        case ..<253: update(littleEndian: UInt8(count))
        case ..<0x1_0000:
            update(littleEndian: 253 as UInt8)
            update(littleEndian: UInt16(count))
        case ..<0x1_0000_0000:
            update(littleEndian: 254 as UInt8)
            update(littleEndian: UInt32(count))
        default:
            update(littleEndian: 255 as UInt8)
            update(littleEndian: UInt64(count))
        }
    }

    /// The 32-byte digest of everything added so far.
    package func finalize() -> [UInt8] { finalizeHash().bytes }

    /// The digest as a `Hash256`, in internal order.
    package func finalizeHash() -> Hash256 {
        var last = state
        return last.finish()
    }

    /// The digest of the digest: Bitcoin's double SHA-256.
    package func finalizeDouble() -> Hash256 {
        var last = state
        let inner = last.finish()
        last.absorb(inner)
        return last.finish()
    }
}

/// SHA-256 applied twice: the hash of blocks, transactions and checksums.
package enum SHA256d {
    /// The double digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> Hash256 {
        unsafe withContiguousBytes(bytes) { unsafe SHA256State.doubleDigest(of: $0) }
    }

    /// The double digest of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> Hash256 {
        unsafe bytes.withUnsafeBytes { unsafe SHA256State.doubleDigest(of: $0) }
    }

    /// The double digest of `bytes`.
    package static func hash(_ bytes: ArraySlice<UInt8>) -> Hash256 {
        unsafe bytes.withUnsafeBytes { unsafe SHA256State.doubleDigest(of: $0) }
    }

    /// The double digest of two hashes, one after the other: a merkle tree's node.
    package static func hash(_ left: Hash256, _ right: Hash256) -> Hash256 {
        var state = SHA256State()
        state.absorb(left)
        state.absorb(right)
        let inner = state.finish()
        state.absorb(inner)
        return state.finish()
    }
}

/// Tagged hashes of BIP340: `SHA256(SHA256(tag) || SHA256(tag) || message)`.
package enum TaggedHash {
    /// A hasher that has taken in the prefix of `tag` and waits for the message.
    package static func hasher(tag: String) -> SHA256Hasher {
        let tagHash = SHA256.hash(Array(tag.utf8))
        var hasher = SHA256Hasher()
        hasher.update(tagHash)
        hasher.update(tagHash)
        return hasher
    }

    /// The 32-byte tagged hash of `message`.
    package static func hash(tag: String, _ message: some Collection<UInt8>) -> Hash256 {
        var hasher = hasher(tag: tag)
        hasher.update(message)
        return hasher.finalizeHash()
    }
}

/// SHA-512 (FIPS 180-4).
package enum SHA512 {
    /// The 64-byte digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var state = Crypto.SHA512()
        unsafe withContiguousBytes(bytes) { unsafe state.update(bufferPointer: $0) }
        return unsafe state.finalize().withUnsafeBytes { unsafe Array($0) }
    }
}

/// HMAC (RFC 2104) over SHA-512, as BIP32 uses it.
package enum HMACSHA512 {
    /// The 64-byte authentication code of `message` under `key`.
    package static func authenticationCode(
        for message: [UInt8], key: [UInt8]
    ) -> [UInt8] {
        var state = HMAC<Crypto.SHA512>(key: SymmetricKey(data: key))
        state.update(data: message)
        return unsafe state.finalize().withUnsafeBytes { unsafe Array($0) }
    }
}

/// SHA-1 (FIPS 180-4). Only for `OP_SHA1`; it protects nothing.
package enum SHA1 {
    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var state = Insecure.SHA1()
        unsafe withContiguousBytes(bytes) { unsafe state.update(bufferPointer: $0) }
        return unsafe state.finalize().withUnsafeBytes { unsafe Array($0) }
    }
}

/// RIPEMD-160 of SHA-256: the hash of public keys and redeem scripts in addresses.
package enum HASH160 {
    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        unsafe withContiguousBytes(bytes) { unsafe RIPEMD160.hash(SHA256State.digest(of: $0)) }
    }

    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe RIPEMD160.hash(SHA256State.digest(of: $0)) }
    }

    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe RIPEMD160.hash(SHA256State.digest(of: $0)) }
    }
}
