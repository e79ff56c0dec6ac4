import CSecp256k1

/// What can be wrong with a key.
package enum KeyError: Error, Equatable, Sendable {
    /// The bytes are no point of the curve in a form that Bitcoin accepts.
    case invalidPublicKey
    /// The number is zero or not below the group order, or there are not 32 bytes of it.
    case invalidPrivateKey
    /// The tweak is out of range or leads to no valid key. For random tweaks this does not happen.
    case invalidTweak
}

/// The library's context, blinded once against side channels.
///
/// It is written only before `init` returns; afterwards every call takes it as a pointer to const, which libsecp256k1
/// documents as safe from any number of threads.
@safe
final class CurveContext: Sendable {
    static let shared = CurveContext()

    // Written once, before the object is shared; see above.
    nonisolated(unsafe) let pointer: OpaquePointer

    private init() {
        guard let context = unsafe secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)) else {
            preconditionFailure("no memory for the curve's context")
        }
        var generator = SystemRandomNumberGenerator()
        var seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        _ = unsafe secp256k1_context_randomize(context, &seed)
        unsafe seed.withUnsafeMutableBytes { unsafe wipe($0) }
        unsafe pointer = context
    }
}
