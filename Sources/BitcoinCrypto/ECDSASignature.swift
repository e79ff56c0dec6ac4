import CSecp256k1

/// An ECDSA signature as consensus reads it: any bytes that the first Bitcoin client would have taken for one.
///
/// Before BIP66 signatures went through a parser that let much pass: lengths in needlessly many bytes, padding,
/// negative numbers, anything behind the end. Old blocks hold such signatures, so they must be read the same way for
/// ever (Core's `ecdsa_signature_parse_der_lax`). Where strict DER is demanded, the script machine checks the form
/// before it comes here.
package struct ECDSASignature: Sendable {
    /// Numbers of 256 bits at most; one that is not below the group order has made both zero, which verifies nothing.
    private let parsed: secp256k1_ecdsa_signature

    /// Reads a signature without its hash type; nil when not even the lax form fits.
    package init?(lax bytes: ArraySlice<UInt8>) {
        var reader = LaxReader(bytes)
        guard reader.readTag(0x30), reader.skipSequenceLength(), let r = reader.readInteger(),
            let s = reader.readInteger()
        else { return nil }
        parsed = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { compact in
            unsafe compact.initialize(repeating: 0)
            var signature = secp256k1_ecdsa_signature()
            if unsafe !Self.put(bytes[r], into: compact, endingAt: 32)
                || !Self.put(bytes[s], into: compact, endingAt: 64)
                || !Self.parse(compact, into: &signature)
            {
                unsafe compact.update(repeating: 0)
                _ = unsafe Self.parse(compact, into: &signature)
            }
            return signature
        }
    }

    private static func parse(
        _ compact: UnsafeMutableBufferPointer<UInt8>, into signature: inout secp256k1_ecdsa_signature
    ) -> Bool {
        unsafe secp256k1_ecdsa_signature_parse_compact(
            CurveContext.shared.pointer, &signature, compact.baseAddress!) == 1
    }

    /// Whether the second number is in the lower half of its range, which policy demands (BIP62).
    package var hasLowS: Bool {
        unsafe withUnsafePointer(to: parsed) {
            unsafe secp256k1_ecdsa_signature_normalize(CurveContext.shared.pointer, nil, $0) == 0
        }
    }

    /// Whether the owner of a key signed a hash. Both halves of the range of the second number count.
    ///
    /// - Parameters:
    ///   - key: a public key in any of the forms that consensus takes, the hybrid one included; bytes that are no point
    ///     have signed nothing.
    ///   - hash: what was signed.
    package func isValid(for hash: Hash256, by key: ArraySlice<UInt8>) -> Bool {
        guard PublicKey.hasValidSize(key) else { return false }
        var point = secp256k1_pubkey()
        let isPoint = unsafe withContiguousBytes(key) { bytes in
            unsafe secp256k1_ec_pubkey_parse(
                CurveContext.shared.pointer, &point, bytes.bindMemory(to: UInt8.self).baseAddress!, bytes.count) == 1
        }
        guard isPoint else { return false }
        var normalized = secp256k1_ecdsa_signature()
        return unsafe withUnsafePointer(to: parsed) { signature in
            _ = unsafe secp256k1_ecdsa_signature_normalize(CurveContext.shared.pointer, &normalized, signature)
            return unsafe hash.withBytes {
                unsafe secp256k1_ecdsa_verify(CurveContext.shared.pointer, &normalized, $0, &point) == 1
            }
        }
    }

    /// Lays a big-endian number down so that its last byte stands before `end`; false when it has more than 32 bytes.
    private static func put(
        _ number: ArraySlice<UInt8>, into compact: UnsafeMutableBufferPointer<UInt8>, endingAt end: Int
    ) -> Bool {
        var first = number.startIndex
        while first < number.endIndex, number[first] == 0 { first += 1 }
        let count = number.endIndex - first
        guard count <= 32 else { return false }
        unsafe number[first...].withUnsafeBytes { digits in
            let place = unsafe UnsafeMutableBufferPointer(rebasing: compact[(end - count)..<end])
            unsafe UnsafeMutableRawBufferPointer(place).copyMemory(from: digits)
        }
        return true
    }
}

/// Walks over a signature in DER as OpenSSL once did.
private struct LaxReader {
    private let bytes: ArraySlice<UInt8>
    /// The next byte's index.
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    private var remaining: Int { bytes.endIndex - index }

    private mutating func next() -> UInt8? {
        guard index < bytes.endIndex else { return nil }
        defer { index += 1 }
        return bytes[index]
    }

    mutating func readTag(_ tag: UInt8) -> Bool { next() == tag }

    /// The length of the whole says nothing: only the bytes that it takes are stepped over.
    mutating func skipSequenceLength() -> Bool {
        guard let first = next() else { return false }
        guard first & 0x80 != 0 else { return true }
        let count = Int(first & 0x7f)
        guard count <= remaining else { return false }
        index += count
        return true
    }

    /// Where the bytes of an integer lie, with whatever zeros stand in front.
    mutating func readInteger() -> Range<Int>? {
        guard readTag(0x02), let length = readLength(), length <= remaining else { return nil }
        defer { index += length }
        return index..<(index + length)
    }

    private mutating func readLength() -> Int? {
        guard let first = next() else { return nil }
        guard first & 0x80 != 0 else { return Int(first) }
        var count = Int(first & 0x7f)
        guard count <= remaining else { return nil }
        while count > 0, bytes[index] == 0 {
            index += 1
            count -= 1
        }
        // Three bytes and fewer cannot overflow; more than three would announce more than any script holds.
        guard count < 4 else { return nil }
        var length = 0
        for _ in 0..<count { length = length << 8 | Int(next() ?? 0) }
        return length
    }
}
