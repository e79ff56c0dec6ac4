extension Message {
    /// The message in stream framing: as it was received, if it came so; what its segments leave out is gone.
    public var framedBytes: [UInt8] {
        if firstSegment.start > 0 { return bytes }
        let segments = segmentTable.isEmpty ? [firstSegment] : segmentTable
        var frame: [UInt8] = []
        frame.reserveCapacity(FrameHeader.length(segmentCount: segments.count) + sizeInWords * 8)
        let sizes = [segments.count - 1] + segments.map(\.words)
        for size in sizes { frame.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) }) }
        while frame.count % 8 != 0 { frame.append(0) }
        for segment in segments { frame.append(contentsOf: bytes[segment.start..<segment.start + segment.words * 8]) }
        return frame
    }
}

extension StructReader {
    /// Where the data section lies in `Message.framedBytes` of a message that was received in stream framing.
    package var frameRange: Range<Int> {
        let start = data - message.base
        return start..<start + Int(dataBytes)
    }
}
