import CSecp256k1

/// libsecp256k1 with nothing around it: the yardstick.
@safe
final class RawCurve {
    private let context: OpaquePointer

    init() throws {
        guard let context = unsafe secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)) else {
            throw BenchError("no memory for the curve's context")
        }
        unsafe self.context = context
    }

    deinit { unsafe secp256k1_context_destroy(context) }

    /// Parses the key and the signature, and verifies.
    func verifies(_ signature: RawSignature) -> Bool {
        switch signature {
        case .ecdsa(let hash, let bytes, let key):
            var point = secp256k1_pubkey()
            var signature = secp256k1_ecdsa_signature()
            return unsafe secp256k1_ec_pubkey_parse(context, &point, key, key.count) == 1
                && secp256k1_ecdsa_signature_parse_der(context, &signature, bytes, bytes.count) == 1
                && secp256k1_ecdsa_verify(context, &signature, hash, &point) == 1
        case .schnorr(let hash, let bytes, let key):
            var point = secp256k1_xonly_pubkey()
            return unsafe secp256k1_xonly_pubkey_parse(context, &point, key) == 1
                && secp256k1_schnorrsig_verify(context, bytes, hash, hash.count, &point) == 1
        }
    }
}

/// What libsecp256k1 needs to verify a signature.
enum RawSignature {
    /// The hash, the signature in DER, and a key of 33 bytes.
    case ecdsa([UInt8], signature: [UInt8], key: [UInt8])
    /// The hash, a signature of 64 bytes, and a key of 32 bytes.
    case schnorr([UInt8], signature: [UInt8], key: [UInt8])
}
