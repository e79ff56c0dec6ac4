import Capnp
import Testing

struct LimitTests {
    @Test func circlesEndAtTheNestingLimit() throws {
        var pointer = try Words.message(Words.structure(offset: -1, data: 0, pointers: 1), 0).root
        for _ in 0..<64 { pointer = try pointer.structReader().pointer(at: 0) }
        #expect(throws: CapnpError.nestingLimit) { try pointer.structReader() }
    }

    @Test func listsOfListsEndAtTheNestingLimit() throws {
        var pointer = try Words.message(
            Words.list(offset: -1, .pointer, count: 1), limits: ReaderLimits(nestingLimit: 3)
        ).root
        for _ in 0..<3 { pointer = try pointer.list(.pointer).pointer(0) }
        #expect(throws: CapnpError.nestingLimit) { try pointer.list(.pointer) }
        #expect(throws: CapnpError.nestingLimit) { try pointer.anyList() }
    }

    @Test func visitingTwiceCountsTwice() throws {
        let message = Words.message(
            Words.structure(offset: 0, data: 2, pointers: 0), 1, 2, limits: ReaderLimits(traversalLimitInWords: 5))
        _ = try message.root.structReader()
        _ = try message.root.structReader()
        #expect(message.remainingTraversalWords == 1)
        #expect(throws: CapnpError.traversalLimit) { try message.root.structReader() }
    }

    @Test func elementsOfNoSizeCost() throws {
        let limits = ReaderLimits(traversalLimitInWords: 1000)
        let voids = Words.message(Words.list(offset: 0, .void, count: 1001), limits: limits)
        #expect(throws: CapnpError.traversalLimit) { try voids.root.list(.void) }
        let structs = Words.message(
            Words.list(offset: 0, .inlineComposite, count: 0),
            Words.structure(offset: (1 << 29) - 1, data: 0, pointers: 0),
            limits: limits)
        #expect(throws: CapnpError.traversalLimit) { try structs.root.list(.inlineComposite) }
    }

    @Test func textAndDataCost() throws {
        let message = Words.message(
            Words.list(offset: 0, .byte, count: 9), 1, 0, limits: ReaderLimits(traversalLimitInWords: 3))
        _ = try message.root.data()
        #expect(throws: CapnpError.traversalLimit) { try message.root.text() }
    }

    @Test func copiesOfSharedTargetsAreBounded() throws {
        // Each level points twice to the next: 2^60 structs to whoever copies without counting.
        var words: [UInt64] = [Words.structure(offset: 0, data: 0, pointers: 2)]
        for _ in 0..<60 {
            words.append(Words.structure(offset: 1, data: 0, pointers: 2))
            words.append(Words.structure(offset: 0, data: 0, pointers: 2))
        }
        words += [0, 0]
        let message = Message(segments: [Words.bytes(words)], limits: ReaderLimits(traversalLimitInWords: 10_000))
        let copy = MessageBuilder()
        #expect(throws: CapnpError.traversalLimit) { try copy.root.copy(from: message.root) }
        #expect(copy.root.isNull)
    }
}
