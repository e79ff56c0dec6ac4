internal import BitcoinCrypto
internal import ByteCoding

/// A set of byte strings in a few bits an element, which never misses a member and rarely takes a stranger for one
/// (BIP158): hashes spread over a range, sorted, and their differences in Golomb-Rice code.
package struct GolombCodedSet: Equatable, Sendable {
    /// What a kind of set is made with.
    package struct Parameters: Equatable, Sendable {
        /// The halves of the hash's key.
        package var key0: UInt64
        package var key1: UInt64
        /// Bits of a difference that are not in unary code.
        package var bitCount: UInt64
        /// One stranger in this many is taken for a member.
        package var falsePositiveInverse: UInt64

        /// BIP158's basic filter of a block.
        package init(basicFilterOf block: BlockHash) {
            let words = block.rawValue.words
            (key0, key1) = (words.0, words.1)
            (bitCount, falsePositiveInverse) = (19, 784_931)
        }
    }

    /// Why bytes are no set.
    package enum Failure: Error, Equatable {
        /// They end too early, or their count is no count.
        case malformed
        /// Something follows the last element.
        case trailingBytes
    }

    /// What it is made with.
    package let parameters: Parameters
    /// The number of elements.
    package let count: UInt32
    /// The count and the code.
    package let encoded: [UInt8]

    /// The set of `elements`, each of which counts once.
    package init(_ elements: Set<[UInt8]>, _ parameters: Parameters) {
        self.parameters = parameters
        count = UInt32(elements.count)
        var writer = ByteWriter(capacity: elements.count * 3 + 9)
        writer.writeCompactSize(elements.count)
        guard !elements.isEmpty else {
            encoded = writer.bytes
            return
        }
        var bits = BitWriter(bytes: writer.bytes)
        var last: UInt64 = 0
        for value in Self.sortedHashes(elements, count: count, parameters) {
            bits.writeGolombRice(value - last, bitCount: parameters.bitCount)
            last = value
        }
        encoded = bits.finish()
    }

    /// Takes a set from its code, which is read once to see that it is whole.
    ///
    /// - Throws: `Failure`.
    package init(decoding bytes: [UInt8], _ parameters: Parameters) throws(Failure) {
        self.parameters = parameters
        encoded = bytes
        var reader = try Self.reader(of: bytes)
        count = reader.count
        for _ in 0..<count {
            guard reader.bits.readGolombRice(bitCount: parameters.bitCount) != nil else { throw .malformed }
        }
        guard reader.bits.isAtEnd else { throw .trailingBytes }
    }

    /// Whether `element` is a member, or seems to be one.
    package func contains(_ element: [UInt8]) -> Bool { containsAny(of: [element]) }

    /// Whether one of `elements` is a member, or seems to be one.
    package func containsAny(of elements: Set<[UInt8]>) -> Bool {
        guard count > 0, !elements.isEmpty, var reader = try? Self.reader(of: encoded) else { return false }
        let wanted = Self.sortedHashes(elements, count: count, parameters)
        var next = wanted.startIndex
        var value: UInt64 = 0
        for _ in 0..<count {
            guard let difference = reader.bits.readGolombRice(bitCount: parameters.bitCount) else { return false }
            value &+= difference
            while next < wanted.endIndex, wanted[next] < value { next += 1 }
            guard next < wanted.endIndex else { return false }
            if wanted[next] == value { return true }
        }
        return false
    }

    private static func reader(of bytes: [UInt8]) throws(Failure) -> (count: UInt32, bits: BitReader) {
        var reader = ByteReader(bytes)
        guard let count = try? reader.readCompactSize(), let count = UInt32(exactly: count) else { throw .malformed }
        return (count, BitReader(bytes: bytes, position: reader.position))
    }

    /// The elements' hashes, spread evenly over `count` times the inverse rate of false positives.
    private static func sortedHashes(
        _ elements: Set<[UInt8]>, count: UInt32, _ parameters: Parameters
    ) -> [UInt64] {
        let range = UInt64(count) &* parameters.falsePositiveInverse
        var hashes = elements.map { element in
            var hasher = SipHash(key0: parameters.key0, key1: parameters.key1)
            hasher.update(element)
            return hasher.finalize().multipliedFullWidth(by: range).high
        }
        hashes.sort()
        return hashes
    }
}

/// Bits packed into bytes, the highest first.
private struct BitWriter {
    private var bytes: [UInt8]
    /// Bits that do not fill a byte yet, in the lowest places.
    private var pending: UInt64 = 0
    private var pendingCount: UInt64 = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func writeGolombRice(_ value: UInt64, bitCount: UInt64) {
        var ones = value >> bitCount
        while ones > 0 {
            let count = min(ones, 32)
            write(1 << count - 1, count)
            ones -= count
        }
        write(value & (1 << bitCount - 1), bitCount + 1)
    }

    /// Appends the lowest `count` bits, at most 56.
    private mutating func write(_ bits: UInt64, _ count: UInt64) {
        pending = pending << count | bits
        pendingCount += count
        while pendingCount >= 8 {
            pendingCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> pendingCount))
        }
    }

    /// All bytes, the last filled up with zeros.
    consuming func finish() -> [UInt8] {
        if pendingCount > 0 { bytes.append(UInt8(truncatingIfNeeded: pending << (8 - pendingCount))) }
        return bytes
    }
}

private struct BitReader {
    private let bytes: [UInt8]
    private var position: Int
    private var pending: UInt64 = 0
    private var pendingCount: UInt64 = 0

    init(bytes: [UInt8], position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// Whether every byte was begun.
    var isAtEnd: Bool { position == bytes.count && pendingCount < 8 }

    /// `nil` at the end of the bytes.
    mutating func readGolombRice(bitCount: UInt64) -> UInt64? {
        var ones: UInt64 = 0
        while true {
            guard let bit = read(1) else { return nil }
            if bit == 0 { break }
            ones += 1
        }
        guard let rest = read(bitCount) else { return nil }
        return ones << bitCount &+ rest
    }

    /// Reads at most 56 bits.
    private mutating func read(_ count: UInt64) -> UInt64? {
        while pendingCount < count {
            guard position < bytes.count else { return nil }
            pending = pending << 8 | UInt64(bytes[position])
            position += 1
            pendingCount += 8
        }
        pendingCount -= count
        return pending >> pendingCount & (1 << count - 1)
    }
}
