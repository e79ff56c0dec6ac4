// Capnp: reading and building Cap'n Proto messages.
//
// Reading. A `Message` owns the bytes of one received message and never changes. `StructReader`, `PointerReader` and
// `ListReader` are values: a reference to the message, an address in it and a few integers. A pointer is checked once, when it is followed
// (kind, segment, bounds, nesting, traversal budget): that is what throws. From then on every scalar of the struct or
// list is known to lie inside the message, so scalar getters cannot fail: a field that the sender's older schema did not
// have reads as its default. Nothing a sender puts into a message traps.
//
// Building. A `MessageBuilder` owns segments that never move; builders are values that point into them. A new object goes
// into the segment of the pointer that refers to it if it fits, else into the last or a new segment, by way of a far
// pointer. Builders are not `Sendable`; `framedBytes()` and `asMessage()` give something that is.
//
// Capabilities are indices into a table that the RPC layer attaches; this module only carries them.
//
// Raw memory is touched in `Message+Memory.swift`, `SegmentArena.swift` and in the builders only.

import Synchronization

/// A received message: its segments, its reading limits and its capability table. Immutable.
public final class Message: Sendable {
    /// One segment: a range of `bytes`.
    @frozen
    @usableFromInline
    struct Segment {
        /// The first byte.
        @usableFromInline var start: Int
        /// The length in words.
        @usableFromInline var words: Int
    }

    /// Everything received, stream header included.
    @usableFromInline let bytes: [UInt8]
    /// The first of `bytes`, where they lie in memory.
    @usableFromInline let base: MessageAddress
    let firstSegment: Segment
    /// All segments when there is more than one, else empty: most messages have one, and need no table.
    let segmentTable: [Segment]
    let nestingLimit: Int32

    /// The words that may still be visited.
    ///
    /// Loaded and stored without a read-modify-write: two threads that read one message at the same moment may pay for
    /// one of two objects only. The limit is there to stop amplification, for which that is enough.
    let budget: Atomic<Int>
    private let capabilityTable: Mutex<[(any CapabilityHook)?]>

    /// A message in `bytes` with known segments, which the caller has checked to lie within.
    init(
        bytes: [UInt8], segments: [Segment], limits: ReaderLimits, capabilities: [(any CapabilityHook)?] = []
    ) {
        self.bytes = bytes
        base = Self.base(of: bytes)
        firstSegment = segments.first ?? Segment(start: 0, words: 0)
        segmentTable = segments.count > 1 ? segments : []
        nestingLimit = Int32(clamping: limits.nestingLimit)
        budget = Atomic(limits.traversalLimitInWords)
        capabilityTable = Mutex(capabilities)
    }

    /// A message in `bytes`, which begin with `header` and are as long as it says.
    init(bytes: [UInt8], header: FrameHeader, limits: ReaderLimits) {
        self.bytes = bytes
        base = Self.base(of: bytes)
        firstSegment = header.firstSegment
        segmentTable = header.segmentTable
        nestingLimit = Int32(clamping: limits.nestingLimit)
        budget = Atomic(limits.traversalLimitInWords)
        capabilityTable = Mutex([])
    }

    /// A message of separate segments.
    ///
    /// - Parameter segments: the first one begins with the root pointer; bytes after the last whole word are ignored.
    public convenience init(segments: [[UInt8]], limits: ReaderLimits = ReaderLimits()) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(segments.reduce(0) { $0 + $1.count })
        var table: [Segment] = []
        for segment in segments {
            table.append(Segment(start: bytes.count, words: segment.count / 8))
            bytes.append(contentsOf: segment)
        }
        self.init(bytes: bytes, segments: table, limits: limits)
    }

    /// The message that readers of default values belong to.
    @usableFromInline static let empty = Message(bytes: [], segments: [], limits: ReaderLimits())

    /// The root pointer.
    ///
    /// - Throws: `missingRoot`.
    public var root: PointerReader {
        get throws(CapnpError) {
            guard firstSegment.words > 0 else { throw .missingRoot }
            return PointerReader(
                message: self, location: base + firstSegment.start, segment: 0, nesting: nestingLimit)
        }
    }

    /// The number of segments.
    public var segmentCount: Int { segmentTable.isEmpty ? 1 : segmentTable.count }

    /// The length of all segments in words.
    public var sizeInWords: Int {
        segmentTable.isEmpty ? firstSegment.words : segmentTable.reduce(0) { $0 + $1.words }
    }

    /// The words that may still be visited before readers throw `traversalLimit`.
    public var remainingTraversalWords: Int { budget.load(ordering: .relaxed) }

    /// What the capability pointers of this message refer to, by index; `nil` for an entry that is no capability.
    public var capabilities: [(any CapabilityHook)?] { capabilityTable.withLock { $0 } }

    /// Sets the capability table, once the RPC layer has turned the descriptors that came with the message into
    /// clients. Replaces what was there.
    public func attach(capabilities: [(any CapabilityHook)?]) {
        capabilityTable.withLock { $0 = capabilities }
    }

    /// The table entry at `index`.
    ///
    /// - Throws: `unknownCapability` for an index beyond the table.
    func capability(at index: Int) throws(CapnpError) -> (any CapabilityHook)? {
        let table = capabilities
        guard table.indices.contains(index) else { throw .unknownCapability }
        return table[index]
    }

    /// - Throws: `unknownSegment`.
    func segment(_ index: Int) throws(CapnpError) -> Segment {
        if index == 0 { return firstSegment }
        guard index > 0, index < segmentTable.count else { throw .unknownSegment }
        return segmentTable[index]
    }

    /// Takes `words` from the traversal budget.
    ///
    /// - Throws: `traversalLimit` when they are more than is left.
    func charge(_ words: Int) throws(CapnpError) {
        let left = budget.load(ordering: .relaxed)
        guard words <= left else { throw .traversalLimit }
        budget.store(left &- words, ordering: .relaxed)
    }
}
