package import BitcoinCrypto
package import BitcoinPrimitives
import ByteCoding

/// What goes wrong with keys of BIP32.
package enum ExtendedKeyError: Error, Equatable, Sendable {
    /// The bytes or the text are no extended key of this network.
    case malformed
    /// A hardened step from a public key.
    case hardenedNeedsPrivateKey
    /// 255 steps have been taken already.
    case tooDeep
    /// The child does not exist; one in 2^127 children does not.
    case invalidChild
}

/// What an extended key holds beside the key itself.
package struct ExtendedKeyInfo: Hashable, Sendable {
    /// How many steps lie between this key and the master key.
    package let depth: UInt8

    /// The fingerprint of the parent; zero for a master key.
    package let parentFingerprint: KeyFingerprint

    /// The last step, with its hardened bit; zero for a master key.
    package let childNumber: UInt32

    /// The 32 bytes of extra entropy.
    package let chainCode: Hash256

    /// The number of bytes of a serialised key without the network's prefix.
    package static let encodedSize = 74

    init(depth: UInt8, parentFingerprint: KeyFingerprint, childNumber: UInt32, chainCode: Hash256) {
        self.depth = depth
        self.parentFingerprint = parentFingerprint
        self.childNumber = childNumber
        self.chainCode = chainCode
    }

    init(from reader: inout ByteReader) throws(ExtendedKeyError) {
        do {
            depth = try reader.readUInt8()
            parentFingerprint = KeyFingerprint(rawValue: try reader.readUInt32BigEndian())
            childNumber = try reader.readUInt32BigEndian()
            chainCode = try reader.readHash256()
        } catch {
            throw .malformed
        }
        // A master key has no parent (BIP32 test vector 5).
        if depth == 0 && (childNumber != 0 || parentFingerprint.rawValue != 0) { throw .malformed }
    }

    func encode(to writer: inout ByteWriter) {
        writer.writeUInt8(depth)
        writer.writeUInt32BigEndian(parentFingerprint.rawValue)
        writer.writeUInt32BigEndian(childNumber)
        writer.writeHash256(chainCode)
    }
}

/// A public key that has children (BIP32): an xpub or tpub.
package struct ExtendedPublicKey: Hashable, Sendable {
    /// Depth, parent, number and chain code.
    package let info: ExtendedKeyInfo

    /// The key, compressed.
    package let publicKey: PublicKey

    init(info: ExtendedKeyInfo, publicKey: PublicKey) {
        self.info = info
        self.publicKey = publicKey
    }

    /// Reads the 74 bytes behind the network's prefix, as in wallet files.
    ///
    /// - Throws: `ExtendedKeyError.malformed`.
    package init(decoding bytes: [UInt8]) throws(ExtendedKeyError) {
        guard bytes.count == ExtendedKeyInfo.encodedSize else { throw .malformed }
        var reader = ByteReader(bytes)
        info = try ExtendedKeyInfo(from: &reader)
        guard let key = try? PublicKey(bytes: reader.readRemaining()), key.isCompressed else { throw .malformed }
        publicKey = key
    }

    /// Reads an xpub or tpub.
    ///
    /// - Throws: `ExtendedKeyError.malformed`, also for another network's key.
    package init(text: some StringProtocol, on network: Network) throws(ExtendedKeyError) {
        guard let payload = Base58.decodeCheck(text, maxCount: 78),
            payload.starts(with: network.extendedPublicKeyPrefix)
        else { throw .malformed }
        try self.init(decoding: Array(payload.dropFirst(4)))
    }

    /// The 74 bytes without a network's prefix.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: ExtendedKeyInfo.encodedSize)
        info.encode(to: &writer)
        writer.writeBytes(publicKey.bytes)
        return writer.bytes
    }

    /// The key as text.
    package func text(on network: Network) -> String {
        Base58.encodeCheck(network.extendedPublicKeyPrefix + encoded)
    }

    /// The fingerprint that children and origins name this key by.
    package var fingerprint: KeyFingerprint { KeyFingerprint(of: publicKey) }

    /// The child of a number.
    ///
    /// - Throws: `ExtendedKeyError.hardenedNeedsPrivateKey`, `.tooDeep`, `.invalidChild`.
    package func child(_ number: UInt32) throws(ExtendedKeyError) -> ExtendedPublicKey {
        guard number < hardenedBit else { throw .hardenedNeedsPrivateKey }
        guard info.depth < .max else { throw .tooDeep }
        let (tweak, chainCode) = childSecrets(
            key: publicKey.bytes, number: number, chainCode: info.chainCode)
        guard let chainCode, let key = try? publicKey.adding(tweak: tweak) else { throw .invalidChild }
        return ExtendedPublicKey(
            info: ExtendedKeyInfo(
                depth: info.depth + 1, parentFingerprint: fingerprint, childNumber: number, chainCode: chainCode),
            publicKey: key)
    }

    /// The descendant at the end of a path.
    ///
    /// - Throws: as `child(_:)`.
    package func descendant(_ path: [UInt32]) throws(ExtendedKeyError) -> ExtendedPublicKey {
        var key = self
        for number in path { key = try key.child(number) }
        return key
    }
}

/// The tweak and chain code of a child: HMAC-SHA512 under the parent's chain code of a key in 33 bytes and the number.
func childSecrets(key: [UInt8], number: UInt32, chainCode: Hash256) -> (tweak: [UInt8], chainCode: Hash256?) {
    var writer = ByteWriter(capacity: 37)
    writer.writeBytes(key)
    writer.writeUInt32BigEndian(number)
    let code = HMACSHA512.authenticationCode(for: writer.bytes, key: chainCode.bytes)
    // The key may be a private one.
    wipe(&writer.bytes)
    return (Array(code.prefix(32)), Hash256(bytes: code.suffix(32)))
}
