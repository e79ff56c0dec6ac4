/// The header of a message in a stream: the number of segments less one, then the length of each in words, all 32 bits
/// little endian, padded to a whole word.
struct FrameHeader {
    /// Where the segments lie, counted from the first byte of the header.
    var segments: [Message.Segment]
    /// The length of header and segments in bytes.
    var frameBytes: Int

    /// The length of a header in bytes.
    static func length(segmentCount: Int) -> Int {
        (4 + segmentCount * 4 + 7) & ~7
    }

    /// Reads the header at the front of `bytes`; `nil` when more bytes are needed.
    ///
    /// - Throws: `tooManySegments`, `messageTooLarge`, as soon as the header says so.
    static func parse(_ bytes: ArraySlice<UInt8>, limits: ReaderLimits) throws(CapnpError) -> FrameHeader? {
        guard bytes.count >= 4 else { return nil }
        let segmentCount = Int(field(0, of: bytes)) + 1
        guard segmentCount <= limits.maxSegments else { throw .tooManySegments }
        let headerBytes = length(segmentCount: segmentCount)
        guard bytes.count >= headerBytes else { return nil }
        var segments: [Message.Segment] = []
        segments.reserveCapacity(segmentCount)
        let largest = min(limits.traversalLimitInWords, Int.max / 16)
        var words = 0
        for index in 1...segmentCount {
            let segmentWords = Int(field(index, of: bytes))
            segments.append(Message.Segment(start: headerBytes + words * 8, words: segmentWords))
            words += segmentWords
            guard words <= largest else { throw .messageTooLarge }
        }
        return FrameHeader(segments: segments, frameBytes: headerBytes + words * 8)
    }

    /// The 32-bit field at `index`, which the caller has checked to be there.
    private static func field(_ index: Int, of bytes: ArraySlice<UInt8>) -> UInt32 {
        let start = bytes.startIndex + index * 4
        return UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
            | UInt32(bytes[start + 3]) << 24
    }
}
