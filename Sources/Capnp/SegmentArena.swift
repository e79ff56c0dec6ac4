/// The memory of a message under construction: segments that never move, filled from front to back.
///
/// Owned by one `MessageBuilder`, which frees it.
@safe
struct SegmentArena {
    /// A block of memory.
    @safe
    struct Segment {
        let base: UnsafeMutableRawPointer
        /// In words.
        let capacity: Int
        /// In words. What lies beyond is not initialized.
        var used: Int
    }

    /// All segments; `used` of the last one is out of date.
    private var table: [Segment] = []
    /// The first free byte of the last segment.
    private var nextFree: UnsafeMutableRawPointer
    /// The free words of the last segment.
    private var freeWords: Int
    /// How large the next segment will be, in words.
    private var nextSegmentWords: Int

    /// Far pointers address 2²⁹ words; growth stops well below, so that only a single huge object comes near.
    private static let largestGrowth = 1 << 26

    /// Memory of one empty segment.
    init(firstSegmentWords: Int) {
        nextSegmentWords = min(max(firstSegmentWords, 1), Self.largestGrowth)
        freeWords = nextSegmentWords
        unsafe nextFree = UnsafeMutableRawPointer.allocate(byteCount: nextSegmentWords * 8, alignment: 8)
        unsafe table.append(Segment(base: nextFree, capacity: nextSegmentWords, used: 0))
    }

    /// Frees everything.
    func deallocate() {
        for segment in table { unsafe segment.base.deallocate() }
    }

    /// All segments.
    var segments: [Segment] {
        var segments = table
        let last = segments.count - 1
        segments[last].used = segments[last].capacity - freeWords
        return segments
    }

    /// The words in use in all segments.
    var usedWords: Int {
        var words = 0
        for segment in table.dropLast() { words += segment.used }
        return words + lastUsed
    }

    /// The first segment if it is the only one: most messages have no other, and are then sent without making a table.
    var onlySegment: Segment? {
        guard table.count == 1 else { return nil }
        return unsafe Segment(base: table[0].base, capacity: table[0].capacity, used: lastUsed)
    }

    /// The words in use in the last segment.
    private var lastUsed: Int { table[table.count - 1].capacity - freeWords }

    /// The number of segments.
    var count: Int { table.count }

    /// The first byte of a segment.
    func base(of index: Int) -> UnsafeMutableRawPointer { unsafe table[index].base }

    /// Zeroed memory in one particular segment; `nil` when it is full.
    ///
    /// - Parameter clears: whether it is zeroed after all.
    @inline(__always)
    mutating func allocate(words: Int, inSegment index: Int, clears: Bool) -> MessageBuilder.Place? {
        guard index == table.count &- 1 else { return allocate(words: words, inEarlierSegment: index) }
        guard words <= freeWords else { return nil }
        return unsafe MessageBuilder.Place(segment: index, address: takeFree(words, clears: clears))
    }

    @inline(never)
    private mutating func allocate(words: Int, inEarlierSegment index: Int) -> MessageBuilder.Place? {
        let segment = table[index]
        guard words <= segment.capacity - segment.used else { return nil }
        table[index].used += words
        let address = unsafe segment.base + segment.used * 8
        unsafe Self.zero(address, words: words)
        return unsafe MessageBuilder.Place(segment: index, address: address)
    }

    /// Zeroed memory in the last segment, or in a new one.
    ///
    /// - Parameter clears: whether it is zeroed after all.
    mutating func allocate(words: Int, clears: Bool) -> MessageBuilder.Place {
        if words > freeWords { addSegment(atLeast: words) }
        return unsafe MessageBuilder.Place(segment: table.count &- 1, address: takeFree(words, clears: clears))
    }

    /// Gives back words that end at `end`, if they are the last that were allocated.
    mutating func giveBack(words: Int, endingAt end: UnsafeMutableRawPointer, segment: Int) {
        guard unsafe segment == table.count - 1 && end == nextFree else { return }
        unsafe nextFree = end - words * 8
        freeWords += words
    }

    /// Takes further words right behind an object, zeroed, if it is the last one and there is room.
    ///
    /// - Returns: whether there was.
    mutating func extend(by words: Int, from end: UnsafeMutableRawPointer, segment: Int) -> Bool {
        guard unsafe segment == table.count - 1 && end == nextFree && words <= freeWords else { return false }
        _ = unsafe takeFree(words, clears: true)
        return true
    }

    /// Memory at the front of what is free in the last segment.
    ///
    /// - Precondition: there is as much.
    @inline(__always)
    private mutating func takeFree(_ words: Int, clears: Bool) -> UnsafeMutableRawPointer {
        let address = unsafe nextFree
        if clears { unsafe Self.zero(address, words: words) }
        unsafe nextFree = address + words &* 8
        freeWords &-= words
        return unsafe address
    }

    @inline(never)
    private mutating func addSegment(atLeast words: Int) {
        let last = table.count - 1
        table[last].used = table[last].capacity - freeWords
        let capacity = max(words, nextSegmentWords)
        nextSegmentWords = min(nextSegmentWords + capacity, Self.largestGrowth)
        freeWords = capacity
        unsafe nextFree = UnsafeMutableRawPointer.allocate(byteCount: capacity * 8, alignment: 8)
        unsafe table.append(Segment(base: nextFree, capacity: capacity, used: 0))
    }

    /// Sets words to zero. Most objects are a few words, for which a call would cost more than the work.
    @inline(__always)
    private static func zero(_ address: UnsafeMutableRawPointer, words: Int) {
        if words <= 8 {
            for word in 0..<words { unsafe address.storeBytes(of: 0, toByteOffset: word &* 8, as: UInt64.self) }
        } else {
            unsafe address.initializeMemory(as: UInt8.self, repeating: 0, count: words * 8)
        }
    }
}
