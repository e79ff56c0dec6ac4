/// The packed encoding: messages with their zero bytes left out, as files and slow links use it.
///
/// Each word becomes a tag, one bit for each byte that is not zero, and those bytes. A tag of 0 is followed by a count of
/// further zero words, a tag of 255 by a count of words that follow as they are.
public enum PackedEncoding {
    /// Packs a message in stream framing.
    ///
    /// - Precondition: `bytes` are whole words.
    public static func pack(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count % 8 == 0, "only whole words can be packed")
        var packed: [UInt8] = []
        packed.reserveCapacity(bytes.count / 2)
        var offset = 0
        while offset < bytes.count {
            let tag = tag(of: bytes, at: offset)
            packed.append(tag)
            for index in offset..<(offset + 8) where bytes[index] != 0 { packed.append(bytes[index]) }
            offset += 8
            guard tag == 0 || tag == 0xff else { continue }
            let first = offset
            while offset < bytes.count, (offset - first) / 8 < 255, belongs(bytes, at: offset, toRunOf: tag) {
                offset += 8
            }
            packed.append(UInt8((offset - first) / 8))
            if tag == 0xff { packed.append(contentsOf: bytes[first..<offset]) }
        }
        return packed
    }

    /// Unpacks what `pack(_:)` or another implementation packed.
    ///
    /// - Parameter maxWords: the most words of 8 bytes that may come out.
    /// - Throws: `malformedPacking` when it breaks off, `messageTooLarge` when more would come out.
    public static func unpack(
        _ packed: [UInt8], maxWords: Int = ReaderLimits().traversalLimitInWords
    ) throws(CapnpError) -> [UInt8] {
        var bytes: [UInt8] = []
        var offset = 0
        while offset < packed.count {
            let tag = packed[offset]
            offset += 1
            guard bytes.count / 8 < maxWords else { throw .messageTooLarge }
            guard tag.nonzeroBitCount <= packed.count - offset else { throw .malformedPacking }
            for bit in 0..<8 {
                let isPresent = tag >> UInt8(bit) & 1 != 0
                bytes.append(isPresent ? packed[offset] : 0)
                if isPresent { offset += 1 }
            }
            guard tag == 0 || tag == 0xff else { continue }
            guard offset < packed.count else { throw .malformedPacking }
            let words = Int(packed[offset])
            offset += 1
            guard words <= maxWords - bytes.count / 8 else { throw .messageTooLarge }
            if tag == 0 {
                bytes.append(contentsOf: repeatElement(0, count: words * 8))
            } else {
                guard words * 8 <= packed.count - offset else { throw .malformedPacking }
                bytes.append(contentsOf: packed[offset..<(offset + words * 8)])
                offset += words * 8
            }
        }
        return bytes
    }

    /// One bit for each byte of the word that is not zero, the first byte's lowest.
    private static func tag(of bytes: [UInt8], at offset: Int) -> UInt8 {
        var tag: UInt8 = 0
        for index in 0..<8 where bytes[offset + index] != 0 { tag |= 1 << UInt8(index) }
        return tag
    }

    /// Whether a word goes on with a run: zero words after a zero word, words hardly worth packing after a full one.
    private static func belongs(_ bytes: [UInt8], at offset: Int, toRunOf tag: UInt8) -> Bool {
        let present = Self.tag(of: bytes, at: offset).nonzeroBitCount
        return tag == 0 ? present == 0 : present >= 7
    }
}
