/// Builds a message: owns its segments and its capability table.
///
/// Not `Sendable`: one task builds, then sends `framedBytes()` or hands on `asMessage()`. Builders of structs, lists and
/// pointers keep it alive.
@safe
public final class MessageBuilder {
    /// A word of a segment.
    @frozen
    @usableFromInline
    @safe
    struct Place {
        @usableFromInline let segment: Int
        @usableFromInline let address: UnsafeMutableRawPointer

        @inlinable
        init(segment: Int, address: UnsafeMutableRawPointer) {
            self.segment = segment
            unsafe self.address = unsafe address
        }
    }

    /// Builders run on one task, and the arena calls nobody: no access can overlap another, and the checks for it would cost as
    /// much as the rest of a small allocation.
    @exclusivity(unchecked)
    private var arena: SegmentArena

    /// All segments.
    var segmentTable: [SegmentArena.Segment] { unsafe arena.segments }

    /// The first byte of a segment.
    func base(ofSegment index: Int) -> UnsafeMutableRawPointer { unsafe arena.base(of: index) }

    /// What the capability pointers of this message refer to, by index.
    public private(set) var capabilities: [(any CapabilityHook)?] = []

    /// An empty message, its root null.
    ///
    /// - Parameter firstSegmentWords: the room of the first segment in words of 8 bytes; each further one is as large as
    ///   all before it together. A good guess saves memory for small messages and far pointers for large ones.
    public init(firstSegmentWords: Int = 1024) {
        unsafe arena = SegmentArena(firstSegmentWords: firstSegmentWords)
        _ = allocate(words: 1)
    }

    deinit {
        unsafe arena.deallocate()
    }

    /// The root pointer.
    public var root: PointerBuilder {
        unsafe PointerBuilder(message: self, segment: 0, address: base(ofSegment: 0))
    }

    /// Makes the root a new struct of defaults.
    public func initRoot(_ size: StructSize) -> StructBuilder {
        root.initStruct(size)
    }

    /// The number of segments.
    public var segmentCount: Int { unsafe arena.count }

    /// The length of all segments in words.
    public var sizeInWords: Int { unsafe arena.usedWords }

    /// A copy of the segments' bytes.
    public var segments: [[UInt8]] {
        segmentTable.map { segment in
            unsafe [UInt8](UnsafeRawBufferPointer(start: segment.base, count: segment.used * 8))
        }
    }

    /// The message in stream framing: the number of segments, their sizes, then the segments.
    public func framedBytes() -> [UInt8] {
        let headerBytes = FrameHeader.length(segmentCount: segmentCount)
        let segmentTable = segmentTable
        let total = headerBytes + segmentTable.reduce(0) { $0 + $1.used } * 8
        return unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, initialized in
            let memory = UnsafeMutableRawBufferPointer(buffer)
            unsafe memory.storeBytes(of: UInt32(segmentTable.count - 1).littleEndian, toByteOffset: 0, as: UInt32.self)
            // The last size field is padding when the number of segments is even.
            unsafe memory.storeBytes(of: 0, toByteOffset: headerBytes - 4, as: UInt32.self)
            var offset = headerBytes
            for (index, segment) in segmentTable.enumerated() {
                unsafe memory.storeBytes(
                    of: UInt32(segment.used).littleEndian, toByteOffset: 4 + index * 4, as: UInt32.self)
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[offset...])
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: segment.base, count: segment.used * 8))
                offset += segment.used * 8
            }
            initialized = total
        }
    }

    /// Hands out the message in stream framing piece by piece: the header, then each segment as it lies in memory.
    public func forEachFramePiece(_ body: (RawSpan) -> Void) {
        let segmentTable = segmentTable
        var header: [UInt8] = []
        header.reserveCapacity(FrameHeader.length(segmentCount: segmentTable.count))
        func add(_ field: Int) {
            for shift in stride(from: 0, to: 32, by: 8) { header.append(UInt8(truncatingIfNeeded: field >> shift)) }
        }
        add(segmentTable.count - 1)
        for segment in segmentTable { add(segment.used) }
        if segmentTable.count % 2 == 0 { add(0) }
        unsafe body(header.span.bytes)
        for segment in segmentTable {
            unsafe body(UnsafeRawBufferPointer(start: segment.base, count: segment.used * 8).bytes)
        }
    }

    /// Adds the message in stream framing to the end of `bytes`.
    public func appendFrame(to bytes: inout [UInt8]) {
        guard let segment = unsafe arena.onlySegment else {
            bytes += framedBytes()
            return
        }
        // Header of one segment: its number less one, its length.
        let header = UInt64(UInt32(segment.used)) << 32
        unsafe withUnsafeBytes(of: header.littleEndian) { unsafe bytes.append(contentsOf: $0) }
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: segment.base, count: segment.used * 8))
    }

    /// A copy of the message for readers, its capabilities attached.
    ///
    /// - Parameter limits: how far readers may go; unlimited by default, for this process built the message.
    public func asMessage(limits: ReaderLimits = .trusted) -> Message {
        var table: [Message.Segment] = []
        var start = FrameHeader.length(segmentCount: segmentCount)
        for segment in segmentTable {
            table.append(Message.Segment(start: start, words: segment.used))
            start += segment.used * 8
        }
        return Message(bytes: framedBytes(), segments: table, limits: limits, capabilities: capabilities)
    }

    /// Adds a capability to the table and gives its index.
    func addCapability(_ hook: any CapabilityHook) -> Int {
        capabilities.append(hook)
        return capabilities.count - 1
    }

    /// Zeroed memory in one particular segment; `nil` when it is full.
    ///
    /// - Parameter clears: whether it is zeroed after all.
    func allocate(words: Int, inSegment index: Int, clears: Bool = true) -> Place? {
        unsafe arena.allocate(words: words, inSegment: index, clears: clears)
    }

    /// Zeroed memory in the last segment, or in a new one.
    ///
    /// - Parameter clears: whether it is zeroed after all.
    func allocate(words: Int, clears: Bool = true) -> Place {
        unsafe arena.allocate(words: words, clears: clears)
    }

    /// Gives back words that end at `end`, if they are the last that were allocated.
    func giveBack(words: Int, endingAt end: UnsafeMutableRawPointer, segment: Int) {
        unsafe arena.giveBack(words: words, endingAt: end, segment: segment)
    }

    /// Takes further words right behind an object, zeroed, if it is the last one and there is room.
    ///
    /// - Returns: whether there was.
    func extend(by words: Int, from end: UnsafeMutableRawPointer, segment: Int) -> Bool {
        unsafe arena.extend(by: words, from: end, segment: segment)
    }
}
