import Capnp
import Testing

struct SampleMessageTests {
    @Test func readsWhatTheReferenceImplementationWrote() throws {
        let message = try Message(framed: SampleMessage.oneSegment())
        #expect(message.segmentCount == 1)
        try SampleMessage.check(message.root.structReader())
    }

    @Test func readsManySegmentsWithFarPointers() throws {
        let message = try Message(framed: SampleMessage.manySegments())
        #expect(message.segmentCount == 22)
        try SampleMessage.check(message.root.structReader())
    }

    @Test func readsThePackedForm() throws {
        let bytes = try PackedEncoding.unpack(SampleMessage.packed())
        #expect(try bytes == SampleMessage.oneSegment())
    }

    @Test func packsAsTheReferenceImplementationDoes() throws {
        #expect(try PackedEncoding.pack(SampleMessage.oneSegment()) == SampleMessage.packed())
    }

    @Test(arguments: [1, 2, 7, 50, 1024])
    func readsWhatItBuilt(firstSegmentWords: Int) throws {
        let built = SampleMessage.build(firstSegmentWords: firstSegmentWords)
        let message = try Message(framed: built.framedBytes())
        #expect(message.segmentCount == built.segmentCount)
        #expect(message.sizeInWords == built.sizeInWords)
        try SampleMessage.check(message.root.structReader())
        try SampleMessage.check(built.asMessage().root.structReader())
        try SampleMessage.check(Message(segments: built.segments).root.structReader())
    }

    @Test func builtInOneSegmentTheBytesAreTheReferenceOnes() throws {
        // The reference tool lays objects down in another order, so only the size is the same.
        #expect(try SampleMessage.build().framedBytes().count == SampleMessage.oneSegment().count)
    }

    @Test(arguments: [1, 16, 1024])
    func copiesEverything(firstSegmentWords: Int) throws {
        let source = try Message(framed: SampleMessage.manySegments())
        let copy = MessageBuilder(firstSegmentWords: firstSegmentWords)
        try copy.root.copy(from: source.root)
        try SampleMessage.check(copy.asMessage().root.structReader())
    }
}
