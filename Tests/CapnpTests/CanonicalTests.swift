import Capnp
import Testing

/// The canonical form of messages.
struct CanonicalTests {
    @Test func structsAreTrimmedAndInPreorder() throws {
        let message = MessageBuilder(firstSegmentWords: 1)
        let root = message.initRoot(StructSize(dataWords: 3, pointers: 4))
        root.pointer(at: 2).setText("b")
        root.pointer(at: 0).setText("a")
        root.setInteger(5 as UInt8, at: 0)
        let expected = Words.segment(
            Words.structure(offset: 0, data: 1, pointers: 3), 5, Words.list(offset: 2, .byte, count: 2), 0,
            Words.list(offset: 1, .byte, count: 2), 0x61, 0x62)
        #expect(try message.canonicalSegment() == expected)
        #expect(Message(segments: [expected]).isCanonical())
        #expect(try !Message(framed: message.framedBytes()).isCanonical())
    }

    @Test func elementsOfStructListsHaveTheSizeOfTheLargest() throws {
        let message = MessageBuilder()
        let list = message.root.initStructList(count: 2, size: StructSize(dataWords: 2, pointers: 2))
        list.structBuilder(0).setInteger(1 as UInt64, at: 0)
        list.structBuilder(1).pointer(at: 0).setData([9])
        #expect(
            try message.canonicalSegment()
                == Words.segment(
                    Words.list(offset: 0, .inlineComposite, count: 4), 2 << 2 | 1 << 32 | 1 << 48, 1, 0, 0,
                    Words.list(offset: 0, .byte, count: 1), 9))
    }

    @Test func structsWithoutContentPointNowhere() throws {
        let message = MessageBuilder()
        message.initRoot(StructSize(dataWords: 1, pointers: 1)).pointer(at: 0)
            .initStruct(StructSize(dataWords: 2, pointers: 2)).setInteger(0 as UInt64, at: 0)
        #expect(
            try message.canonicalSegment()
                == Words.segment(Words.structure(offset: 0, data: 0, pointers: 1), 0xffff_fffc))
        #expect(try MessageBuilder().canonicalSegment() == Words.segment(0))
    }

    @Test(arguments: [
        // An untrimmed struct, words left over, the wrong order, bits after the end of a list, an odd offset.
        Words.segment(Words.structure(offset: 0, data: 2, pointers: 0), 1, 0),
        Words.segment(Words.structure(offset: 0, data: 1, pointers: 0), 1, 0),
        Words.segment(
            Words.structure(offset: 0, data: 0, pointers: 2), Words.list(offset: 2, .byte, count: 1),
            Words.list(offset: 0, .byte, count: 1), 1, 2),
        Words.segment(Words.list(offset: 0, .bit, count: 3), 0b1111),
        Words.segment(Words.structure(offset: 1, data: 1, pointers: 0), 0, 1),
        Words.segment(Words.structure(offset: 1, data: 0, pointers: 0)),
    ])
    func otherFormsAreNotCanonical(segment: [UInt8]) throws {
        let message = Message(segments: [segment])
        #expect(!message.isCanonical())
        #expect(Message(segments: [try message.canonicalSegment()]).isCanonical())
    }

    @Test func capabilitiesHaveNoCanonicalForm() {
        #expect(throws: CapnpError.capabilityNotAllowed) {
            try Words.message(Words.structure(offset: 0, data: 0, pointers: 1), Words.capability(0)).canonicalSegment()
        }
        #expect(!Words.message(Words.capability(0)).isCanonical())
    }

    @Test func damagedMessagesHaveNoCanonicalForm() {
        #expect(!Words.message(Words.structure(offset: 3, data: 1, pointers: 0)).isCanonical())
        #expect(throws: CapnpError.outOfBounds) {
            try Words.message(Words.structure(offset: 3, data: 1, pointers: 0)).canonicalSegment()
        }
    }
}
