import Crypto

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// The 32-byte digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        unsafe withContiguousBytes(bytes) { unsafe hash($0) }
    }

    /// The 32-byte digest of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    /// The 32-byte digest of `bytes`.
    package static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var state = Crypto.SHA256()
        unsafe state.update(bufferPointer: bytes)
        return unsafe state.finalize().withUnsafeBytes { unsafe Array($0) }
    }
}

/// SHA-256 over input that comes in pieces.
package struct SHA256Hasher: Sendable {
    private var state = Crypto.SHA256()

    /// Starts with no input.
    package init() {}

    /// Adds bytes to the input.
    package mutating func update(_ bytes: some Collection<UInt8>) {
        unsafe withContiguousBytes(bytes) { unsafe state.update(bufferPointer: $0) }
    }

    /// Adds bytes to the input.
    package mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe state.update(bufferPointer: $0) }
    }

    /// Adds bytes to the input.
    package mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe state.update(bufferPointer: $0) }
    }

    /// Adds the 32 bytes of a hash, in internal order.
    package mutating func update(_ hash: Hash256) {
        unsafe hash.withBytes { unsafe state.update(bufferPointer: UnsafeRawBufferPointer(start: $0, count: 32)) }
    }

    /// Adds the four bytes of a number, the lowest first.
    package mutating func update(littleEndian number: UInt32) {
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe state.update(bufferPointer: $0) }
    }

    /// The 32-byte digest of everything added so far.
    package func finalize() -> [UInt8] {
        unsafe state.finalize().withUnsafeBytes { unsafe Array($0) }
    }

    /// The digest as a `Hash256`, in internal order.
    package func finalizeHash() -> Hash256 {
        unsafe state.finalize().withUnsafeBytes { unsafe Hash256(loading: $0) }
    }

    /// The digest of the digest: Bitcoin's double SHA-256.
    package func finalizeDouble() -> Hash256 {
        let inner = state.finalize()
        var outer = Crypto.SHA256()
        unsafe inner.withUnsafeBytes { unsafe outer.update(bufferPointer: $0) }
        return unsafe outer.finalize().withUnsafeBytes { unsafe Hash256(loading: $0) }
    }
}

/// SHA-256 applied twice: the hash of blocks, transactions and checksums.
package enum SHA256d {
    /// The double digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> Hash256 {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finalizeDouble()
    }

    /// The double digest of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> Hash256 {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finalizeDouble()
    }

    /// The double digest of `bytes`.
    package static func hash(_ bytes: ArraySlice<UInt8>) -> Hash256 {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finalizeDouble()
    }

    /// The double digest of two hashes, one after the other: a merkle tree's node.
    package static func hash(_ left: Hash256, _ right: Hash256) -> Hash256 {
        var hasher = SHA256Hasher()
        hasher.update(left)
        hasher.update(right)
        return hasher.finalizeDouble()
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
        RIPEMD160.hash(SHA256.hash(bytes))
    }

    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] { RIPEMD160.hash(SHA256.hash(bytes)) }

    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] { RIPEMD160.hash(SHA256.hash(bytes)) }
}
