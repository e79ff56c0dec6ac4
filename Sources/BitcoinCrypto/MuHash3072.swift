import Crypto
import CryptoExtras
import Foundation

/// A hash over a set that can be kept while elements come and go, in any order (Core's crypto/muhash.h, after Bellare
/// and Micciancio 1997).
///
/// Every element stands for a number modulo a prime of 3072 bits; the set's number is the product of those put in,
/// divided by the product of those taken out. Putting the same element in twice is not noticed.
package struct MuHash3072: Equatable, Sendable {
    /// Bytes of the encoded state.
    package static let encodedSize = 2 * Number3072.byteCount

    private var numerator = Number3072()
    private var denominator = Number3072()

    /// The empty set.
    package init() {}

    /// Puts an element in.
    package mutating func insert(_ element: [UInt8]) { numerator = numerator * Self.number(of: element) }

    /// Takes an element out.
    package mutating func remove(_ element: [UInt8]) { denominator = denominator * Self.number(of: element) }

    /// Puts all elements of another set in.
    package mutating func insert(_ other: MuHash3072) {
        numerator = numerator * other.numerator
        denominator = denominator * other.denominator
    }

    /// Takes all elements of another set out.
    package mutating func remove(_ other: MuHash3072) {
        numerator = numerator * other.denominator
        denominator = denominator * other.numerator
    }

    /// The hash of the set. The division that it takes, some twenty times the work of an element, is kept.
    package mutating func finalize() -> Hash256 {
        if denominator == Number3072() {
            numerator.reduce()
        } else {
            numerator = numerator * denominator.inverse
            denominator = Number3072()
        }
        var hasher = SHA256Hasher()
        hasher.update(numerator.bytes)
        return hasher.finalizeHash()
    }

    /// The state in Core's form: numerator and denominator, 384 bytes each, the least significant first.
    package var encoded: [UInt8] { numerator.bytes + denominator.bytes }

    /// Reads a state in Core's form; `nil` when there are not 768 bytes.
    package init?(decoding bytes: some Collection<UInt8>) {
        guard bytes.count == Self.encodedSize,
            let numerator = Number3072(bytes: bytes.prefix(Number3072.byteCount)),
            let denominator = Number3072(bytes: bytes.dropFirst(Number3072.byteCount))
        else { return nil }
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    /// The number that an element stands for: ChaCha20's key stream under its SHA-256.
    private static func number(of element: [UInt8]) -> Number3072 {
        let key = SymmetricKey(data: SHA256.hash(element))
        // Encrypting zeros gives the key stream; sizes are all that could be wrong.
        guard let nonce = try? Insecure.ChaCha20CTR.Nonce(data: noNonce),
            let stream = try? Insecure.ChaCha20CTR.encrypt(zeros, using: key, nonce: nonce),
            let number = Number3072(bytes: stream)
        else { preconditionFailure("ChaCha20 failed") }
        return number
    }

    private static let zeros = Data(count: Number3072.byteCount)
    private static let noNonce = Data(count: 12)
}
