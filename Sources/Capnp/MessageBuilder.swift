/// Builds a message: owns its segments and its capability table.
///
/// Not `Sendable`: one task builds, then sends `framedBytes()` or hands on `asMessage()`. Builders of structs, lists and
/// pointers keep it alive.
@safe
public final class MessageBuilder {
    /// A block of memory that objects are laid into from front to back. Never moves.
    @safe
    struct Segment {
        let base: UnsafeMutableRawPointer
        /// In words.
        let capacity: Int
        /// In words. What lies beyond is not initialized.
        var used: Int
    }

    /// A word of a segment.
    @safe
    struct Place {
        let segment: Int
        let address: UnsafeMutableRawPointer
    }

    private(set) var segmentTable: [Segment] = []
    private var nextSegmentWords: Int

    /// What the capability pointers of this message refer to, by index.
    public private(set) var capabilities: [(any CapabilityHook)?] = []

    /// Far pointers address 2²⁹ words; growth stops well below, so that only a single huge object comes near.
    private static let largestGrowth = 1 << 26

    /// An empty message, its root null.
    ///
    /// - Parameter firstSegmentWords: the room of the first segment in words of 8 bytes; each further one is as large as
    ///   all before it together. A good guess saves memory for small messages and far pointers for large ones.
    public init(firstSegmentWords: Int = 1024) {
        nextSegmentWords = min(max(firstSegmentWords, 1), Self.largestGrowth)
        _ = allocate(words: 1)
    }

    deinit {
        for segment in segmentTable { unsafe segment.base.deallocate() }
    }

    /// The root pointer.
    public var root: PointerBuilder {
        unsafe PointerBuilder(message: self, segment: 0, address: segmentTable[0].base)
    }

    /// Makes the root a new struct of defaults.
    public func initRoot(_ size: StructSize) -> StructBuilder {
        root.initStruct(size)
    }

    /// The number of segments.
    public var segmentCount: Int { segmentTable.count }

    /// The length of all segments in words.
    public var sizeInWords: Int { segmentTable.reduce(0) { $0 + $1.used } }

    /// A copy of the segments' bytes.
    public var segments: [[UInt8]] {
        segmentTable.map { segment in
            unsafe [UInt8](UnsafeRawBufferPointer(start: segment.base, count: segment.used * 8))
        }
    }

    /// The message in stream framing: the number of segments, their sizes, then the segments.
    public func framedBytes() -> [UInt8] {
        let headerBytes = FrameHeader.length(segmentCount: segmentCount)
        let total = headerBytes + sizeInWords * 8
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
        var header: [UInt8] = []
        header.reserveCapacity(FrameHeader.length(segmentCount: segmentCount))
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
        guard segmentTable.count == 1 else {
            bytes += framedBytes()
            return
        }
        // Header of one segment: its number less one, its length.
        let segment = segmentTable[0]
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
        let segment = segmentTable[index]
        guard words <= segment.capacity - segment.used else { return nil }
        segmentTable[index].used += words
        let address = unsafe segment.base + segment.used * 8
        if clears { unsafe address.initializeMemory(as: UInt8.self, repeating: 0, count: words * 8) }
        return unsafe Place(segment: index, address: address)
    }

    /// Zeroed memory in the last segment, or in a new one.
    ///
    /// - Parameter clears: whether it is zeroed after all.
    func allocate(words: Int, clears: Bool = true) -> Place {
        if !segmentTable.isEmpty,
            let place = allocate(words: words, inSegment: segmentTable.count - 1, clears: clears)
        {
            return place
        }
        let capacity = max(words, nextSegmentWords)
        nextSegmentWords = min(nextSegmentWords + (segmentTable.isEmpty ? 0 : capacity), Self.largestGrowth)
        let base = UnsafeMutableRawPointer.allocate(byteCount: capacity * 8, alignment: 8)
        unsafe segmentTable.append(Segment(base: base, capacity: capacity, used: words))
        if clears { unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: words * 8) }
        return unsafe Place(segment: segmentTable.count - 1, address: base)
    }
}
