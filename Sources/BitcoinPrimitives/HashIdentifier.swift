// Design note of BitcoinPrimitives.
//
// The values that everything else is made of: transactions, blocks, hashes, amounts, networks, and the two text
// encodings of addresses. All are plain values: decoding checks form and nothing more, so a `Transaction` may well be
// invalid under consensus. Decoding takes a `ByteReader`, never trusts a count, and throws on anything that Core
// would refuse to deserialise. Hashes are computed once, when a transaction or header comes into being.

package import BitcoinCrypto

/// A 256-bit hash that names one kind of thing, so that a block's hash cannot be taken for a transaction's.
package protocol HashIdentifier: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible
where RawValue == Hash256 {
    /// Names the hash's kind.
    init(rawValue: Hash256)
}

extension HashIdentifier {
    /// Parses 64 hexadecimal digits in the reversed order that people read; nil for anything else.
    package init?(hex: some StringProtocol) {
        guard let hash = Hash256(hex: hex) else { return nil }
        self.init(rawValue: hash)
    }

    /// Takes 32 bytes in internal order; nil for any other count.
    package init?(bytes: some Collection<UInt8>) {
        guard let hash = Hash256(bytes: bytes) else { return nil }
        self.init(rawValue: hash)
    }

    /// Takes 32 bytes in internal order; nil for any other count.
    package init?(bytes: [UInt8]) {
        guard let hash = Hash256(bytes: bytes) else { return nil }
        self.init(rawValue: hash)
    }

    /// The all-zero hash, which names nothing.
    package static var zero: Self { Self(rawValue: .zero) }

    /// The 32 bytes in internal order.
    package var bytes: [UInt8] { rawValue.bytes }

    /// 64 hexadecimal digits in the reversed order that people read.
    package var description: String { rawValue.description }

    /// The order of the numbers.
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The hash of a block's 80-byte header.
package struct BlockHash: HashIdentifier {
    /// The hash itself.
    package let rawValue: Hash256

    /// Names a hash as a block's.
    package init(rawValue: Hash256) { self.rawValue = rawValue }
}

/// The hash of a transaction without its witnesses: what inputs refer to.
package struct TransactionID: HashIdentifier {
    /// The hash itself.
    package let rawValue: Hash256

    /// Names a hash as a transaction's.
    package init(rawValue: Hash256) { self.rawValue = rawValue }
}

/// The hash of a transaction with its witnesses (BIP141).
package struct WitnessTransactionID: HashIdentifier {
    /// The hash itself.
    package let rawValue: Hash256

    /// Names a hash as a transaction's with witnesses.
    package init(rawValue: Hash256) { self.rawValue = rawValue }
}
