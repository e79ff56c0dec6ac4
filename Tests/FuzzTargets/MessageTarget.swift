import Capnp

/// Messages without a schema: every word that pointers lead to.
enum MessageTarget {
    static func run(_ bytes: [UInt8]) {
        let segments = split(bytes)
        let limits = ReaderLimits(traversalLimitInWords: 1 << 14)
        var walker = Walker()
        if let root = try? Message(segments: segments, limits: limits).root { walker.walk(root) }

        let original = Message(segments: segments, limits: limits)
        let canonical = try? original.canonicalSegment()
        let copy = MessageBuilder(firstSegmentWords: 1 + bytes.count % 7)
        let source = Message(segments: segments, limits: limits)
        guard let canonical, let root = try? source.root, (try? copy.root.copy(from: root)) != nil else { return }
        let again = try? copy.canonicalSegment()
        precondition(again == canonical, "a copy says something else than its original")
        precondition(Message(segments: [canonical]).isCanonical(), "the canonical form is not canonical")
        let framed = try? Message(framed: copy.framedBytes(), limits: .trusted).canonicalSegment()
        precondition(framed == canonical, "a framed copy says something else than its original")
    }

    /// The first byte says how many segments the rest is split into.
    static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        guard let first = bytes.first else { return [[]] }
        let rest = bytes.dropFirst()
        let count = Int(first & 3) + 1
        let length = rest.count / count / 8 * 8
        return (0..<count).map { index in
            let start = rest.startIndex + index * length
            return Array(index == count - 1 ? rest[start...] : rest[start..<(start + length)])
        }
    }
}

/// Visits all that a pointer leads to, in every way that readers offer.
private struct Walker {
    private var visits = 0
    private var sum: UInt64 = 0

    mutating func walk(_ pointer: PointerReader) {
        visits += 1
        guard visits < 1 << 11 else { return }
        _ = try? pointer.text()
        _ = try? pointer.data().count
        _ = try? pointer.withBytes { $0.byteCount }
        _ = try? pointer.capability()
        for size in ElementSize.allCases {
            if let list = try? pointer.list(size) { read(list) }
        }
        switch try? pointer.kind() {
        case .structure: if let reader = try? pointer.structReader() { walk(reader) }
        case .list: if let list = try? pointer.anyList() { walk(list) }
        default: break
        }
    }

    private mutating func walk(_ reader: StructReader) {
        for word in 0...Int(reader.size.dataWords) { sum &+= reader.integer(at: word * 8) }
        sum &+= UInt64(reader.integer(at: 3) as UInt8) &+ (reader.bool(at: 65) ? 1 : 0)
        for index in 0...Int(reader.size.pointers) { walk(reader.pointer(at: index)) }
    }

    private mutating func walk(_ list: ListReader) {
        for index in 0...min(list.count, 64) {
            walk(list.structReader(index))
            walk(list.pointer(index))
        }
    }

    private mutating func read(_ list: ListReader) {
        for index in 0...min(list.count, 64) {
            sum &+= UInt64(list.integer(index, as: UInt8.self)) &+ UInt64(list.integer(index, as: UInt16.self))
            sum &+= UInt64(list.integer(index, as: UInt32.self)) &+ list.integer(index, as: UInt64.self)
            sum &+= list.bool(index) ? 1 : 0
            sum &+= UInt64(list.float32(index).bitPattern) &+ list.float64(index).bitPattern
            sum &+= list.structReader(index).integer(at: 0)
            _ = list.pointer(index).isNull
        }
    }
}
