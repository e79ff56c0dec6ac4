import Capnp
import Testing

struct BuilderTests {
    @Test func anEmptyMessageIsOneNullWord() throws {
        let message = MessageBuilder()
        #expect(message.framedBytes() == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(try message.asMessage().root.isNull)
    }

    @Test func anEmptyStructIsNotNull() throws {
        let message = MessageBuilder()
        _ = message.initRoot(StructSize(dataWords: 0, pointers: 0))
        #expect(message.segments == [[0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0]])
        #expect(try message.asMessage().root.kind() == .structure)
        let bigger = message.root.getOrInitStruct(StructSize(dataWords: 1, pointers: 0))
        bigger.setInteger(1 as UInt8, at: 0)
        #expect(bigger.size.dataWords == 1)
    }

    @Test func emptyListsTextsAndDataAreNotNull() throws {
        for words in [1, 2, 1024] {
            let message = MessageBuilder(firstSegmentWords: words)
            let root = message.initRoot(StructSize(dataWords: 0, pointers: 4))
            _ = root.pointer(at: 0).initList(.eightBytes, count: 0)
            root.pointer(at: 1).setText("")
            root.pointer(at: 2).setData([])
            _ = root.pointer(at: 3).initStructList(count: 0, size: StructSize(dataWords: 1, pointers: 1))
            let reader = try Message(framed: message.framedBytes()).root.structReader()
            for index in 0..<4 { #expect(!reader.pointer(at: index).isNull) }
            #expect(try reader.pointer(at: 0).list(.eightBytes).count == 0)
            #expect(try reader.pointer(at: 1).text() == "")
            #expect(try reader.pointer(at: 2).data() == [])
            #expect(try reader.pointer(at: 3).list(.inlineComposite).count == 0)
        }
    }

    @Test func buildersReadBack() throws {
        let message = SampleMessage.build(firstSegmentWords: 3)
        let root = message.root.getOrInitStruct(SampleMessage.size)
        #expect(root.bool(at: 0))
        #expect(root.integer(at: 1, default: -5 as Int8) == 7)
        #expect(root.float32(at: 16, default: 1.5) == -0.25)
        #expect(root.float64(at: 24) == 3.5)
        #expect(root.pointer(at: 0).text() == "héllo")
        #expect(root.pointer(at: 1).data() == [0, 255, 16])
        #expect(root.pointer(at: 2).getOrInitStruct(SampleMessage.innerSize).integer(at: 0) == 42 as UInt64)
        #expect(root.pointer(at: 7).listBuilder().integer(0) == -9_000_000_000 as Int64)
        #expect(root.pointer(at: 8).listBuilder().float64(1) == -2)
        #expect(root.pointer(at: 10).listBuilder().structBuilder(2).integer(at: 8) == 255 as UInt8)
        #expect(root.pointer(at: 9).listBuilder().pointer(2).text() == "ccc")
        #expect(root.pointer(at: 0).getOrInitStruct(SampleMessage.innerSize).integer(at: 0) == 0 as UInt64)
        #expect(root.pointer(at: 1).listBuilder().count == 3)
        #expect(message.root.listBuilder().count == 0)
        #expect(message.root.text() == "")
        try SampleMessage.check(
            SampleMessage.build(firstSegmentWords: 5).root.getOrInitStruct(SampleMessage.size).asReader())
    }

    @Test func whatIsReplacedIsOverwritten() throws {
        for words in [1, 1024] {
            let message = MessageBuilder(firstSegmentWords: words)
            let root = message.initRoot(StructSize(dataWords: 0, pointers: 2))
            let list = root.pointer(at: 0).initStructList(count: 2, size: StructSize(dataWords: 1, pointers: 1))
            list.structBuilder(1).pointer(at: 0).setText("a long secret")
            list.structBuilder(1).setInteger(0x5ec1_5ec1_5ec1_5ec1 as UInt64, at: 0)
            let texts = root.pointer(at: 1).initList(.pointer, count: 2)
            texts.pointer(0).setText("another secret")
            root.pointer(at: 0).clear()
            root.pointer(at: 1).setText("x")
            root.pointer(at: 1).clear()
            // Left are the root pointer and, when it is a far one, its landing pad.
            let words = message.segments.flatMap { bytes in
                stride(from: 0, to: bytes.count, by: 8).map { Array(bytes[$0..<($0 + 8)]) }
            }
            #expect(words.count { $0 != [0, 0, 0, 0, 0, 0, 0, 0] } <= 2)
            #expect(root.pointer(at: 0).isNull)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 8, 64])
    func smallStructsGrowInPlaceOfThemselves(firstSegmentWords: Int) throws {
        let message = MessageBuilder(firstSegmentWords: firstSegmentWords)
        let small = message.initRoot(StructSize(dataWords: 1, pointers: 4))
        small.setInteger(77 as UInt64, at: 0)
        small.pointer(at: 0).setText("text")
        small.pointer(at: 1).initStruct(StructSize(dataWords: 1, pointers: 0)).setInteger(5 as UInt8, at: 0)
        let capability = TestCapability()
        small.pointer(at: 2).setCapability(capability)
        _ = small.pointer(at: 3).initStruct(StructSize(dataWords: 0, pointers: 0))
        let large = message.root.getOrInitStruct(StructSize(dataWords: 3, pointers: 6))
        large.setInteger(88 as UInt64, at: 16)
        large.pointer(at: 5).setText("more")
        let reader = try message.asMessage().root.structReader()
        #expect(reader.integer(at: 0) == 77 as UInt64)
        #expect(reader.integer(at: 16) == 88 as UInt64)
        #expect(try reader.pointer(at: 0).text() == "text")
        #expect(try reader.pointer(at: 1).structReader().integer(at: 0) == 5 as UInt8)
        #expect(try reader.pointer(at: 2).capability() === capability)
        #expect(try reader.pointer(at: 3).kind() == .structure)
        #expect(try reader.pointer(at: 5).text() == "more")
    }

    @Test func largeDataGetsASegmentOfItsOwn() throws {
        let message = MessageBuilder()
        let root = message.initRoot(StructSize(dataWords: 0, pointers: 2))
        let data = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        root.pointer(at: 0).setData(data)
        root.pointer(at: 1).setData(data[10..<20])
        #expect(message.segmentCount == 2)
        let reader = try Message(framed: message.framedBytes()).root.structReader()
        #expect(try reader.pointer(at: 0).data() == data)
        #expect(try reader.pointer(at: 1).dataSlice() == data[10..<20])
    }

    @Test func segmentsDouble() throws {
        let message = MessageBuilder(firstSegmentWords: 16)
        let list = message.root.initList(.pointer, count: 1000)
        for index in 0..<1000 { list.pointer(index).setText("entry number \(index)") }
        #expect(message.segmentCount < 12)
        let reader = try Message(framed: message.framedBytes()).root.list(.pointer)
        for index in 0..<1000 { #expect(try reader.pointer(index).text() == "entry number \(index)") }
    }

    @Test func copiesBringTheirCapabilities() throws {
        let (first, second) = (TestCapability(), TestCapability())
        let source = MessageBuilder()
        let list = source.root.initList(.pointer, count: 3)
        list.pointer(0).setCapability(first)
        list.pointer(1).setCapability(nil)
        list.pointer(2).setCapability(second)
        let target = MessageBuilder()
        let root = target.initRoot(StructSize(dataWords: 0, pointers: 2))
        root.pointer(at: 0).setCapability(second)
        try root.pointer(at: 1).copy(from: source.asMessage().root)
        #expect(target.capabilities.count == 3)
        let copied = try target.asMessage().root.structReader().pointer(at: 1).list(.pointer)
        #expect(try copied.pointer(0).capability() === first)
        #expect(try copied.pointer(1).capability() == nil)
        #expect(try copied.pointer(2).capability() === second)
        #expect(root.pointer(at: 1).listBuilder().pointer(2).capability() === second)
    }

    @Test func copiedContentsFitTheTarget() throws {
        let source = MessageBuilder()
        let large = source.initRoot(StructSize(dataWords: 2, pointers: 2))
        large.setInteger(1 as UInt64, at: 0)
        large.setInteger(2 as UInt64, at: 8)
        large.pointer(at: 0).setText("kept")
        large.pointer(at: 1).setText("left out")
        let target = MessageBuilder()
        let small = target.initRoot(StructSize(dataWords: 1, pointers: 1))
        try small.copyContents(from: source.asMessage().root.structReader())
        #expect(small.integer(at: 0) == 1 as UInt64)
        #expect(small.pointer(at: 0).text() == "kept")
        try small.copyContents(from: StructReader())
        #expect(small.integer(at: 0) == 0 as UInt64)
        #expect(small.pointer(at: 0).isNull)
    }
}
