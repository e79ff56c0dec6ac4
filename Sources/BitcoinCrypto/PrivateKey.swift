import CSecp256k1

/// A secret number below the group order, in locked memory.
package struct PrivateKey: Sendable {
    /// The 32 bytes of the number, big endian.
    package let secret: SecretBytes

    /// Whether the public key of it is meant in compressed form. Only old imported keys are not.
    package let isCompressed: Bool

    /// Checks and keeps a secret.
    ///
    /// - Throws: `KeyError.invalidPrivateKey`.
    package init(_ secret: SecretBytes, isCompressed: Bool = true) throws(KeyError) {
        guard secret.count == 32, unsafe secret.withBytes({ unsafe Self.isInRange($0) }) else {
            throw .invalidPrivateKey
        }
        self.secret = secret
        self.isCompressed = isCompressed
    }

    /// Takes 32 bytes; for test vectors and for bytes that the caller wipes.
    ///
    /// - Throws: `KeyError.invalidPrivateKey`.
    package init(bytes: [UInt8], isCompressed: Bool = true) throws(KeyError) {
        try self.init(SecretBytes(bytes), isCompressed: isCompressed)
    }

    /// A new key from the system's random numbers.
    package static func random() -> PrivateKey {
        var generator = SystemRandomNumberGenerator()
        while true {
            var bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            // All but one in 2^128 numbers are in range.
            if let key = try? PrivateKey(SecretBytes(consuming: &bytes)) { return key }
        }
    }

    /// The public key, in the form that `isCompressed` says.
    package var publicKey: PublicKey {
        var point = secp256k1_pubkey()
        unsafe secret.withBytes { bytes in
            let number = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
            if let number = unsafe number {
                _ = unsafe secp256k1_ec_pubkey_create(CurveContext.shared.pointer, &point, number)
            }
        }
        return PublicKey(point: point, isCompressed: isCompressed)
    }

    /// The number plus `tweak`, modulo the group order. The result is for a compressed public key.
    ///
    /// - Parameter tweak: 32 bytes, big endian.
    /// - Throws: `KeyError.invalidTweak`.
    package func adding(tweak: [UInt8]) throws(KeyError) -> PrivateKey {
        guard tweak.count == 32 else { throw .invalidTweak }
        var sum = secret.exposed()
        guard unsafe secp256k1_ec_seckey_tweak_add(CurveContext.shared.pointer, &sum, tweak) == 1 else {
            wipe(&sum)
            throw .invalidTweak
        }
        return try PrivateKey(SecretBytes(consuming: &sum))
    }

    private static func isInRange(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let number = unsafe bytes.bindMemory(to: UInt8.self).baseAddress else { return false }
        return unsafe secp256k1_ec_seckey_verify(CurveContext.shared.pointer, number) == 1
    }
}

extension PrivateKey: Equatable {}
