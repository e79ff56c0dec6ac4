// Design note of BitcoinCrypto.
//
// This module is where hashes, ciphers and the curve meet Swift. It holds no Bitcoin structures: only bytes go in and
// only hashes, keys and signatures come out. The curve comes from libsecp256k1. SHA-256 and RIPEMD-160, of which a node
// computes millions, come from nettle, whose states are plain values; the other hashes and AES from swift-crypto, which
// keeps each state in an object of its own. SipHash is written here since no library has it. All pointers and C calls
// stay inside this module. Secret bytes live in `SecretBytes`, locked in memory and wiped when the last owner lets go.

/// A 256-bit hash or number, kept as 32 bytes in the order in which they are hashed and sent.
///
/// Core calls this `uint256`. People read it reversed: `description` and `init(hex:)` use the reversed order, as every
/// RPC and log line does.
///
/// Public, as its parts, so that they are inlined elsewhere: every map of coins compares these words.
public struct Hash256: Hashable, Sendable {
    // Little-endian words: `word0` holds bytes 0 to 7, so `word3` is the most significant.
    @usableFromInline var word0: UInt64
    @usableFromInline var word1: UInt64
    @usableFromInline var word2: UInt64
    @usableFromInline var word3: UInt64

    /// All 32 bytes zero: Core's "null" hash.
    @inlinable
    public static var zero: Hash256 { Hash256(words: 0, 0, 0, 0) }

    /// Makes a hash of its four little-endian words, the least significant first.
    @inlinable
    public init(words word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// Makes a hash of 32 bytes in internal order; nil for any other count.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self = unsafe withContiguousBytes(bytes) { unsafe Hash256(loading: $0) }
    }

    /// Makes a hash of 32 bytes in internal order; nil for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self = unsafe bytes.withUnsafeBytes { unsafe Hash256(loading: $0) }
    }

    /// The precondition is `buffer.count == 32`, which every caller in this module has checked.
    init(loading buffer: UnsafeRawBufferPointer) {
        unsafe self.init(
            words: UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
    }

    /// Lends the 32 bytes in internal order to a C function.
    func withBytes<R>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
        var words = (word0.littleEndian, word1.littleEndian, word2.littleEndian, word3.littleEndian)
        return unsafe withUnsafeBytes(of: &words) { unsafe body($0.bindMemory(to: UInt8.self).baseAddress!) }
    }

    /// The four little-endian words, the least significant first.
    @inlinable
    public var words: (UInt64, UInt64, UInt64, UInt64) { (word0, word1, word2, word3) }

    /// The 32 bytes in internal order.
    package var bytes: [UInt8] {
        unsafe withBytes { unsafe [UInt8](UnsafeBufferPointer(start: $0, count: 32)) }
    }

    /// Whether all bytes are zero.
    @inlinable
    public var isZero: Bool { word0 | word1 | word2 | word3 == 0 }

    /// Parses exactly 64 hexadecimal digits in the reversed order that people read; nil for anything else.
    package init?(hex: some StringProtocol) {
        let digits = hex.utf8
        guard digits.count == 64 else { return nil }
        // The text is the number with its most significant digit first, so words fill from the highest down.
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for digit in digits {
            guard let value = hexDigitValue(digit) else { return nil }
            words.3 = words.3 << 4 | words.2 >> 60
            words.2 = words.2 << 4 | words.1 >> 60
            words.1 = words.1 << 4 | words.0 >> 60
            words.0 = words.0 << 4 | UInt64(value)
        }
        self.init(words: words.0, words.1, words.2, words.3)
    }

    /// Whether all bytes are the same.
    @inlinable
    public static func == (left: Hash256, right: Hash256) -> Bool {
        left.word0 == right.word0 && left.word1 == right.word1 && left.word2 == right.word2
            && left.word3 == right.word3
    }

    /// The order of the bytes as they are hashed, which is the order of Core's maps and sets of hashes.
    package func precedesInByteOrder(_ other: Hash256) -> Bool {
        if word0 != other.word0 { return word0.byteSwapped < other.word0.byteSwapped }
        if word1 != other.word1 { return word1.byteSwapped < other.word1.byteSwapped }
        if word2 != other.word2 { return word2.byteSwapped < other.word2.byteSwapped }
        return word3.byteSwapped < other.word3.byteSwapped
    }
}

extension Hash256: Comparable {
    /// The order of the hashes read as numbers, which is what proof of work compares.
    public static func < (left: Hash256, right: Hash256) -> Bool {
        if left.word3 != right.word3 { return left.word3 < right.word3 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        return left.word0 < right.word0
    }
}

extension Hash256: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits, in reversed byte order.
    public var description: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        for word in [word3, word2, word1, word0] {
            for shift in stride(from: 60, through: 0, by: -4) {
                let value = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 0xf
                digits.append(value < 10 ? 0x30 + value : 0x57 + value)
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

/// The value of one hexadecimal digit of either case, given as its ASCII byte.
private func hexDigitValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}
