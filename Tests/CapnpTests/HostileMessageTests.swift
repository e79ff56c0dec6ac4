import Capnp
import TestData
import Testing

/// Messages that somebody bent on harm made: whatever they hold, readers answer with values or errors.
struct HostileMessageTests {
    static let limits = ReaderLimits(traversalLimitInWords: 250, nestingLimit: 12)

    /// Flips bits and overwrites words of real messages.
    @Test(.timeLimit(.minutes(5)), arguments: [false, true])
    func mutatedMessagesNeverTrap(manySegments: Bool) throws {
        let original = try manySegments ? SampleMessage.manySegments() : SampleMessage.oneSegment()
        var random = SeededGenerator(seed: manySegments ? 2 : 1)
        var visitor = Visitor()
        for _ in 0..<6000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let bit = Int.random(in: 0..<(bytes.count * 8), using: &random)
                bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            }
            visit(framed: bytes, with: &visitor)
        }
        #expect(visitor.errors > 0)
        #expect(visitor.objects > 0)
    }

    /// Segments of words that look like pointers more often than not.
    @Test(.timeLimit(.minutes(5)))
    func randomMessagesNeverTrap() throws {
        var random = SeededGenerator(seed: 3)
        var visitor = Visitor()
        for _ in 0..<15_000 {
            let segments = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                Words.bytes((0..<Int.random(in: 0...8, using: &random)).map { _ in word(&random) })
            }
            let message = Message(segments: segments, limits: Self.limits)
            message.attach(capabilities: [TestCapability(), nil])
            visitor.visit(message)
        }
        #expect(visitor.errors > 0)
        #expect(visitor.objects > 0)
    }

    /// Random bytes after a header that may be right.
    @Test(.timeLimit(.minutes(5)))
    func randomStreamsNeverTrap() throws {
        var random = SeededGenerator(seed: 4)
        var visitor = Visitor()
        for _ in 0..<5000 {
            var bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next())
            }
            for index in bytes.indices.prefix(12) where Bool.random(using: &random) { bytes[index] &= 3 }
            visit(framed: bytes, with: &visitor)
            if let unpacked = try? PackedEncoding.unpack(bytes, maxWords: 1000) {
                visit(framed: unpacked, with: &visitor)
            }
        }
    }

    private func visit(framed bytes: [UInt8], with visitor: inout Visitor) {
        var decoder = FrameDecoder(limits: Self.limits)
        decoder.push(bytes)
        do throws(CapnpError) {
            while let message = try decoder.next() { visitor.visit(message) }
        } catch {
            visitor.errors += 1
        }
    }

    private func word(_ random: inout SeededGenerator) -> UInt64 {
        let offset = Int.random(in: -6...6, using: &random)
        let small = UInt64.random(in: 0...4, using: &random)
        switch Int.random(in: 0...7, using: &random) {
        case 0, 1:
            return Words.structure(offset: offset, data: small, pointers: UInt64.random(in: 0...3, using: &random))
        case 2, 3:
            let size = ElementSize.allCases.randomElement(using: &random) ?? .byte
            return Words.list(offset: offset, size, count: UInt64.random(in: 0...20, using: &random))
        case 4:
            return Words.far(
                segment: UInt64.random(in: 0...3, using: &random), word: small, double: Bool.random(using: &random))
        case 5: return Words.capability(small)
        case 6: return 0
        default: return random.next()
        }
    }
}

/// Reads everything that can be reached, in every way there is.
struct Visitor {
    var errors = 0
    var objects = 0

    mutating func visit(_ message: Message) {
        do throws(CapnpError) {
            let root = try message.root
            visit(root)
            copy(root, of: message)
        } catch {
            errors += 1
        }
    }

    /// A copy of what could be read can be read whole, and copies as the same bytes.
    private mutating func copy(_ root: PointerReader, of message: Message) {
        let first = MessageBuilder(firstSegmentWords: 8)
        do throws(CapnpError) {
            try first.root.copy(from: root)
        } catch {
            errors += 1
            #expect(first.root.isNull)
            return
        }
        let second = MessageBuilder(firstSegmentWords: 8)
        do throws(CapnpError) {
            try second.root.copy(from: first.asMessage().root)
            #expect(first.framedBytes() == second.framedBytes())
        } catch {
            Issue.record("a copy cannot be read: \(error)")
        }
    }

    private mutating func visit(_ pointer: PointerReader) {
        objects += 1
        attempt { () throws(CapnpError) in _ = try pointer.text() }
        attempt { () throws(CapnpError) in _ = try pointer.data() }
        attempt { () throws(CapnpError) in _ = try pointer.capability() }
        var kind = PointerKind.unknown
        attempt { () throws(CapnpError) in kind = try pointer.kind() }
        switch kind {
        case .structure:
            var target: StructReader?
            attempt { () throws(CapnpError) in target = try pointer.structReader() }
            if let target { visit(target) }
        case .list:
            for size in ElementSize.allCases {
                var target: ListReader?
                attempt { () throws(CapnpError) in target = try pointer.list(size) }
                if let target { visit(target) }
            }
        case .null, .capability, .unknown: break
        }
    }

    private mutating func visit(_ target: StructReader) {
        for offset in -1...(Int(target.size.dataWords) * 8) {
            _ = target.integer(at: offset, as: UInt8.self)
            _ = target.integer(at: offset, as: UInt64.self)
            _ = target.bool(at: offset)
        }
        for index in -1...Int(target.size.pointers) { visit(target.pointer(at: index)) }
    }

    private mutating func visit(_ list: ListReader) {
        for index in -1...min(list.count, 10) {
            _ = list.bool(index)
            _ = list.integer(index, as: UInt8.self)
            _ = list.integer(index, as: UInt32.self)
            _ = list.float64(index)
            visit(list.structReader(index))
            let pointer = list.pointer(index)
            if !pointer.isNull { visit(pointer) }
        }
    }

    private mutating func attempt(_ body: () throws(CapnpError) -> Void) {
        do throws(CapnpError) { try body() } catch { errors += 1 }
    }
}

extension StructReader {
    fileprivate func integer<T: FixedWidthInteger>(at offset: Int, as type: T.Type) -> T { integer(at: offset) }
}
