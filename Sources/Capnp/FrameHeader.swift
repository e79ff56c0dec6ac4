/// The header of a message in a stream: the number of segments less one, then the length of each in words, all 32 bits
/// little endian, padded to a whole word.
struct FrameHeader {
    /// Where the first segment lies, counted from the first byte of the header.
    var firstSegment: Message.Segment
    /// All segments when there is more than one, else empty.
    var segmentTable: [Message.Segment]
    /// The length of header and segments in bytes.
    var frameBytes: Int

    /// The length of a header in bytes.
    static func length(segmentCount: Int) -> Int {
        (4 + segmentCount * 4 + 7) & ~7
    }

    /// Reads the header at `start` of `bytes`; `nil` when more bytes are needed.
    ///
    /// - Throws: `tooManySegments`, `messageTooLarge`, as soon as the header says so.
    static func parse(_ bytes: [UInt8], from start: Int, limits: ReaderLimits) throws(CapnpError) -> FrameHeader? {
        let available = bytes.count - start
        guard available >= 4 else { return nil }
        let segmentCount = Int(field(0, of: bytes, from: start)) + 1
        guard segmentCount <= limits.maxSegments else { throw .tooManySegments }
        let headerBytes = length(segmentCount: segmentCount)
        guard available >= headerBytes else { return nil }
        let largest = min(limits.traversalLimitInWords, Int.max / 16)
        let first = Message.Segment(start: headerBytes, words: Int(field(1, of: bytes, from: start)))
        var words = first.words
        guard words <= largest else { throw .messageTooLarge }
        var table: [Message.Segment] = []
        if segmentCount > 1 {
            table.reserveCapacity(segmentCount)
            table.append(first)
            for index in 2...segmentCount {
                let segmentWords = Int(field(index, of: bytes, from: start))
                table.append(Message.Segment(start: headerBytes + words * 8, words: segmentWords))
                words += segmentWords
                guard words <= largest else { throw .messageTooLarge }
            }
        }
        return FrameHeader(firstSegment: first, segmentTable: table, frameBytes: headerBytes + words * 8)
    }

    /// The 32-bit field at `index`, which the caller has checked to be there.
    private static func field(_ index: Int, of bytes: [UInt8], from start: Int) -> UInt32 {
        let offset = start + index * 4
        return UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
            | UInt32(bytes[offset + 3]) << 24
    }
}
