import CSecp256k1

/// Signatures. All are made without randomness from outside, or with it only mixed in, so a weak source of random
/// numbers cannot give the secret away.
extension PrivateKey {
    /// An ECDSA signature in DER, without a hash type.
    ///
    /// - Parameters:
    ///   - hash: what is signed.
    ///   - grindsForLowR: whether to try again until the first number takes 32 bytes, as Core does, so that the size of
    ///     a signature can be told beforehand.
    package func ecdsaSignature(of hash: Hash256, grindsForLowR: Bool = true) -> [UInt8] {
        var signature = secp256k1_ecdsa_signature()
        var counter: UInt32 = 0
        var compact = [UInt8](repeating: 0, count: 64)
        repeat {
            var extra = [UInt8](repeating: 0, count: 32)
            for byte in 0..<4 { extra[byte] = UInt8(truncatingIfNeeded: counter >> (8 * UInt32(byte))) }
            unsafe secret.withBytes { secret in
                guard let number = unsafe secret.bindMemory(to: UInt8.self).baseAddress else { return }
                unsafe hash.withBytes { message in
                    unsafe extra.withUnsafeBytes { entropy in
                        // The nonce of RFC 6979 knows nothing of a first try.
                        let entropy = counter == 0 ? nil : entropy.baseAddress
                        _ = unsafe secp256k1_ecdsa_sign(
                            CurveContext.shared.pointer, &signature, message, number, nil, entropy)
                    }
                }
            }
            _ = unsafe secp256k1_ecdsa_signature_serialize_compact(CurveContext.shared.pointer, &compact, &signature)
            counter += 1
        } while grindsForLowR && compact[0] >= 0x80
        var der = [UInt8](repeating: 0, count: 72)
        var count = der.count
        _ = unsafe secp256k1_ecdsa_signature_serialize_der(CurveContext.shared.pointer, &der, &count, &signature)
        return Array(der.prefix(count))
    }

    /// A Schnorr signature of 64 bytes (BIP340).
    ///
    /// - Parameters:
    ///   - hash: what is signed.
    ///   - auxiliary: 32 random bytes, which may be zero.
    package func schnorrSignature(
        of hash: Hash256, auxiliary: [UInt8] = [UInt8](repeating: 0, count: 32)
    ) -> [UInt8] {
        precondition(auxiliary.count == 32, "the auxiliary bytes are 32")
        var pair = secp256k1_keypair()
        var signature = [UInt8](repeating: 0, count: 64)
        unsafe secret.withBytes { secret in
            guard let number = unsafe secret.bindMemory(to: UInt8.self).baseAddress else { return }
            _ = unsafe secp256k1_keypair_create(CurveContext.shared.pointer, &pair, number)
        }
        unsafe hash.withBytes { message in
            _ = unsafe secp256k1_schnorrsig_sign32(
                CurveContext.shared.pointer, &signature, message, &pair, auxiliary)
        }
        unsafe withUnsafeMutableBytes(of: &pair) { unsafe wipe($0) }
        return signature
    }

    /// The key that signs for a taproot output with this internal key.
    ///
    /// - Parameter merkleRoot: the root of the output's script tree, if it has one.
    /// - Throws: `KeyError.invalidTweak`, which no honest tree can reach.
    package func taprootOutputKey(merkleRoot: Hash256?) throws(KeyError) -> PrivateKey {
        let point = publicKey
        let even = point.compressed.bytes[0] == 2 ? self : try negated()
        return try even.adding(tweak: point.xOnly.tapTweak(merkleRoot: merkleRoot))
    }

    private func negated() throws(KeyError) -> PrivateKey {
        var number = secret.exposed()
        guard unsafe secp256k1_ec_seckey_negate(CurveContext.shared.pointer, &number) == 1 else {
            wipe(&number)
            throw .invalidPrivateKey
        }
        return try PrivateKey(SecretBytes(consuming: &number), isCompressed: isCompressed)
    }
}
