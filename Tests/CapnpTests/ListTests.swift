import Capnp
import Testing

struct ListTests {
    @Test func indicesBeyondTheEndGiveDefaults() throws {
        let list = try Words.message(Words.list(offset: 0, .fourBytes, count: 2), 0x0000_0002_0000_0001).root.list(
            .fourBytes)
        #expect(list.integers() == [1, 2] as [UInt32])
        #expect(list.integer(2) == 0 as UInt32)
        #expect(list.integer(-1) == 0 as UInt32)
        #expect(list.integer(.max) == 0 as UInt32)
        #expect(list.integer(0) == 0 as UInt64, "wider than the elements")
        #expect(!list.bool(2))
        #expect(list.pointer(0).isNull)
        #expect(list.structReader(7).integer(at: 0) == 0 as UInt8)
        #expect(list.float32(9) == 0)
        #expect(list.float64(0) == 0)
    }

    @Test func valuesReadAsStructs() throws {
        let list = try Words.message(Words.list(offset: 0, .twoBytes, count: 2), 0x0000_0000_0002_0001).root.list(
            .inlineComposite)
        #expect(list.count == 2)
        #expect(list.structReader(1).integer(at: 0) == 2 as UInt16)
        #expect(list.structReader(1).integer(at: 0) == 0 as UInt32)
        #expect(list.structReader(0).pointer(at: 0).isNull)
    }

    @Test func pointersReadAsStructs() throws {
        let list = try Words.message(
            Words.list(offset: 0, .pointer, count: 1), Words.list(offset: 0, .byte, count: 2), 0x61
        ).root.list(.inlineComposite)
        #expect(try list.structReader(0).pointer(at: 0).text() == "a")
    }

    @Test func structsReadAsValuesAndPointers() throws {
        let root = try Words.message(
            Words.list(offset: 0, .inlineComposite, count: 4), Words.structure(offset: 2, data: 1, pointers: 1),
            0x0102_0304_0506_0708, Words.list(offset: 2, .byte, count: 2), 7, 0, 0x61
        ).root
        #expect(try root.list(.byte).integers() == [8, 7] as [UInt8])
        #expect(try root.list(.eightBytes).integers() == [0x0102_0304_0506_0708, 7] as [UInt64])
        let pointers = try root.list(.pointer)
        #expect(try pointers.pointer(0).text() == "a")
        #expect(pointers.pointer(1).isNull)
        #expect(try root.list(.void).count == 2)
        #expect(throws: CapnpError.incompatibleList) { try root.list(.bit) }
    }

    @Test func incompatibleElementsThrow() throws {
        let bits = try Words.message(Words.list(offset: 0, .bit, count: 3), 5).root
        #expect(throws: CapnpError.incompatibleList) { try bits.list(.byte) }
        #expect(throws: CapnpError.incompatibleList) { try bits.list(.inlineComposite) }
        let bytes = try Words.message(Words.list(offset: 0, .byte, count: 3), 5).root
        #expect(throws: CapnpError.incompatibleList) { try bytes.list(.twoBytes) }
        #expect(throws: CapnpError.incompatibleList) { try bytes.list(.pointer) }
        let onlyPointers = try Words.message(
            Words.list(offset: 0, .inlineComposite, count: 1), Words.structure(offset: 1, data: 0, pointers: 1), 0
        ).root
        #expect(throws: CapnpError.incompatibleList) { try onlyPointers.list(.byte) }
        let wide = try Words.message(Words.list(offset: 0, .twoBytes, count: 2), 0x0000_0000_0102_0304).root
        #expect(try wide.list(.byte).integers() == [4, 2] as [UInt8])
    }

    @Test(arguments: [
        Words.structure(offset: 2, data: 1, pointers: 0), Words.list(offset: 1, .byte, count: 1),
        Words.structure(offset: -1, data: 65535, pointers: 65535), Words.far(segment: 0, word: 0),
    ])
    func badTagsThrow(tag: UInt64) throws {
        let root = try Words.message(Words.list(offset: 0, .inlineComposite, count: 1), tag, 0).root
        #expect(throws: CapnpError.malformedStructList) { try root.anyList() }
    }

    @Test func listsOfBitsCrossBytes() throws {
        let message = MessageBuilder()
        let list = message.root.initList(.bit, count: 70)
        for index in stride(from: 0, to: 70, by: 3) { list.setBool(true, at: index) }
        list.setBool(false, at: 3)
        let reader = try message.root.asReader().list(.bit)
        for index in 0..<70 {
            #expect(reader.bool(index) == (index % 3 == 0 && index != 3))
            #expect(list.bool(index) == reader.bool(index))
        }
    }
}
