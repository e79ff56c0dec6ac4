import Capnp
import TestData
import Testing

struct FramingTests {
    @Test func messagesComeOutHoweverTheStreamIsCut() throws {
        let frames = try [SampleMessage.oneSegment(), MessageBuilder().framedBytes(), SampleMessage.manySegments()]
        let stream = frames.flatMap { $0 }
        for cut in 0...stream.count {
            var decoder = FrameDecoder()
            var sizes: [Int] = []
            for part in [stream[..<cut], stream[cut...]] {
                decoder.push(part)
                while let message = try decoder.next() { sizes.append(message.sizeInWords) }
            }
            #expect(sizes == [57, 1, 78])
            #expect(decoder.pendingBytes == 0)
        }
    }

    @Test func messagesComeOutByteByByte() throws {
        let frame = try SampleMessage.manySegments()
        var decoder = FrameDecoder()
        for _ in 0..<3 {
            for byte in frame.dropLast() {
                decoder.push([byte])
                #expect(try decoder.next() == nil)
            }
            #expect(decoder.pendingBytes == frame.count - 1)
            decoder.push(frame.suffix(1))
            let message = try #require(try decoder.next())
            try SampleMessage.check(message.root.structReader())
        }
    }

    @Test func manyMessagesInOnePushComeOut() throws {
        let frame = try SampleMessage.oneSegment()
        var decoder = FrameDecoder()
        decoder.push((0..<500).flatMap { _ in frame })
        var count = 0
        while let message = try decoder.next() {
            try #require(message.root.structReader().bool(at: 0))
            count += 1
        }
        #expect(count == 500)
    }

    @Test func tooManySegmentsAreRefusedAtOnce() throws {
        var decoder = FrameDecoder()
        decoder.push([0, 2, 0, 0])
        #expect(throws: CapnpError.tooManySegments) { try decoder.next() }
        var largest = FrameDecoder()
        largest.push([255, 1, 0, 0])
        #expect(try largest.next() == nil)
        var absurd = FrameDecoder()
        absurd.push([255, 255, 255, 255])
        #expect(throws: CapnpError.tooManySegments) { try absurd.next() }
    }

    @Test func tooManyWordsAreRefusedBeforeTheyArrive() throws {
        var decoder = FrameDecoder(limits: ReaderLimits(traversalLimitInWords: 10))
        decoder.push([1, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])
        #expect(throws: CapnpError.messageTooLarge) { try decoder.next() }
        var absurd = FrameDecoder(limits: .trusted)
        absurd.push([1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0])
        #expect(try absurd.next() == nil)
    }

    @Test func aSingleFrameHasNoEndsHanging() throws {
        let frame = try SampleMessage.oneSegment()
        for count in 0..<frame.count {
            #expect(throws: CapnpError.truncated) { try Message(framed: Array(frame[..<count])) }
        }
        #expect(throws: CapnpError.trailingBytes) { try Message(framed: frame + [0]) }
    }

    @Test func packingRoundTrips() throws {
        var random = SeededGenerator(seed: 1)
        for length in 0..<600 {
            let zeros = UInt8.random(in: 0...255, using: &random)
            let bytes = (0..<(length * 8)).map { _ in
                UInt8.random(in: 0...255, using: &random) < zeros ? 0 : UInt8.random(in: 0...255, using: &random)
            }
            #expect(try PackedEncoding.unpack(PackedEncoding.pack(bytes)) == bytes)
        }
    }

    @Test func longRunsAreSplit() throws {
        let zeros = [UInt8](repeating: 0, count: 300 * 8)
        #expect(PackedEncoding.pack(zeros) == [0, 255, 0, 43])
        #expect(try PackedEncoding.unpack([0, 255, 0, 43]) == zeros)
        let ones = [UInt8](repeating: 1, count: 300 * 8)
        #expect(PackedEncoding.pack(ones).count == 300 * 8 + 4)
        #expect(try PackedEncoding.unpack(PackedEncoding.pack(ones)) == ones)
    }

    @Test func badPackingThrows() throws {
        for bytes in [[0], [1], [255, 1, 2, 3, 4, 5, 6, 7, 8], [255, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0]] as [[UInt8]] {
            #expect(throws: CapnpError.malformedPacking) { try PackedEncoding.unpack(bytes) }
        }
        #expect(throws: CapnpError.messageTooLarge) { try PackedEncoding.unpack([0, 255], maxWords: 255) }
        #expect(throws: CapnpError.messageTooLarge) { try PackedEncoding.unpack([0, 0, 0, 0], maxWords: 1) }
    }
}
