import Capnp
import Testing

/// Lists that change their length after they were made.
struct ResizeTests {
    @Test func theLastListGrowsInPlace() {
        let message = MessageBuilder()
        let pointer = message.initRoot(StructSize(dataWords: 0, pointers: 1)).pointer(at: 0)
        _ = pointer.initList(.fourBytes, count: 0)
        for count in 1...100 { pointer.resizeList(to: count).setInteger(UInt32(count), at: count - 1) }
        #expect(pointer.listBuilder().count == 100 && message.sizeInWords == 2 + 50)
        #expect((0..<100).allSatisfy { pointer.listBuilder().integer($0, as: UInt32.self) == $0 + 1 })
    }

    @Test func aListThatShrinksGivesItsRoomBack() {
        let message = MessageBuilder()
        let pointer = message.initRoot(StructSize(dataWords: 0, pointers: 1)).pointer(at: 0)
        let list = pointer.initStructList(count: 5, size: StructSize(dataWords: 1, pointers: 1))
        for index in 0..<5 { list.structBuilder(index).setInteger(UInt64(index + 1), at: 0) }
        pointer.resizeList(to: 2)
        #expect(message.sizeInWords == 2 + 1 + 4)
        let grown = pointer.resizeList(to: 4)
        #expect((0..<4).map { grown.structBuilder($0).integer(at: 0) as UInt64 } == [1, 2, 0, 0])
    }

    @Test(arguments: [1, 2, 4, 9, 64])
    func aListInTheMiddleMovesWithWhatItPointsTo(firstSegmentWords: Int) throws {
        let message = MessageBuilder(firstSegmentWords: firstSegmentWords)
        let root = message.initRoot(StructSize(dataWords: 0, pointers: 3))
        let texts = root.pointer(at: 0).initList(.pointer, count: 2)
        texts.pointer(0).setText("zero")
        texts.pointer(1).setText("one")
        let structs = root.pointer(at: 1).initStructList(count: 1, size: StructSize(dataWords: 1, pointers: 2))
        structs.structBuilder(0).setInteger(7 as UInt64, at: 0)
        structs.structBuilder(0).pointer(at: 1).setText("inside")
        let bits = root.pointer(at: 2).initList(.bit, count: 70)
        bits.setBool(true, at: 3)
        bits.setBool(true, at: 69)
        for count in 3...40 {
            root.pointer(at: 0).resizeList(to: count).pointer(count - 1).setText("\(count)")
            root.pointer(at: 1).resizeList(to: count).structBuilder(count - 1).pointer(at: 0).setText("s\(count)")
        }
        root.pointer(at: 2).resizeList(to: 3000).setBool(true, at: 2999)
        let reader = try Message(framed: message.framedBytes()).root.structReader()
        let read = try reader.pointer(at: 0).list(.pointer)
        #expect(try (0..<read.count).map { try read.pointer($0).text() } == ["zero", "one"] + (3...40).map { "\($0)" })
        let elements = try reader.pointer(at: 1).list(.inlineComposite)
        #expect(elements.count == 40 && elements.structReader(0).integer(at: 0) as UInt64 == 7)
        #expect(try elements.structReader(0).pointer(at: 1).text() == "inside")
        #expect(try elements.structReader(39).pointer(at: 0).text() == "s40")
        let flags = try reader.pointer(at: 2).list(.bit)
        #expect((0..<3000).filter { flags.bool($0) } == [3, 69, 2999])
    }

    @Test func whatIsCutOffIsZero() throws {
        let message = MessageBuilder()
        let root = message.initRoot(StructSize(dataWords: 0, pointers: 2))
        let texts = root.pointer(at: 0).initList(.pointer, count: 2)
        texts.pointer(1).setText("secret")
        let bits = root.pointer(at: 1).initList(.bit, count: 12)
        for index in 0..<12 { bits.setBool(true, at: index) }
        root.pointer(at: 0).resizeList(to: 1)
        root.pointer(at: 1).resizeList(to: 5)
        #expect(!message.framedBytes().contains(UInt8(ascii: "s")))
        let grown = root.pointer(at: 1).resizeList(to: 12)
        #expect((0..<12).map { grown.bool($0) } == (0..<12).map { $0 < 5 })
    }

    @Test func textAndDataChangeTheirLength() throws {
        let message = MessageBuilder()
        let root = message.initRoot(StructSize(dataWords: 0, pointers: 2))
        root.pointer(at: 0).setText("hello world")
        root.pointer(at: 1).resizeData(to: 3)
        root.pointer(at: 0).resizeText(to: 5)
        root.pointer(at: 1).resizeData(to: 5)
        #expect(root.pointer(at: 0).text() == "hello" && root.pointer(at: 1).data() == [0, 0, 0, 0, 0])
        let reader = try Message(framed: message.framedBytes()).root.structReader()
        #expect(try reader.pointer(at: 0).text() == "hello")
    }

    @Test func pointersToNothingOrToStructsStayAsTheyAre() {
        let message = MessageBuilder()
        let root = message.initRoot(StructSize(dataWords: 0, pointers: 2))
        #expect(root.pointer(at: 0).resizeList(to: 3).count == 0 && root.pointer(at: 0).isNull)
        root.pointer(at: 1).initStruct(StructSize(dataWords: 1, pointers: 0)).setInteger(5 as UInt64, at: 0)
        #expect(root.pointer(at: 1).resizeList(to: 3).count == 0)
        #expect(
            root.pointer(at: 1).getOrInitStruct(StructSize(dataWords: 1, pointers: 0)).integer(at: 0) as UInt64 == 5)
        #expect(root.pointer(at: 0).resizeList(of: UInt8.self, to: 2).count == 2)
    }
}
