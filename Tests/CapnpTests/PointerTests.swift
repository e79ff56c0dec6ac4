import Capnp
import Testing

struct PointerTests {
    @Test func aNullPointerReadsAsDefaults() throws {
        let root = try Words.message(0).root
        #expect(root.isNull)
        #expect(try root.kind() == .null)
        #expect(try root.structReader().integer(at: 0, default: 5 as Int32) == 5)
        #expect(try root.list(.byte).count == 0)
        #expect(try root.text() == "")
        #expect(try root.data() == [])
        #expect(try root.capability() == nil)
        #expect(!root.isCapability)
    }

    @Test func aMessageWithoutAWordHasNoRoot() throws {
        #expect(throws: CapnpError.missingRoot) { try Message(segments: [[]]).root }
        #expect(throws: CapnpError.missingRoot) { try Message(segments: []).root }
    }

    @Test func fieldsBeyondTheSectionsAreDefaults() throws {
        let root = try Words.message(Words.structure(offset: 0, data: 1, pointers: 1), 0xff, 0).root.structReader()
        #expect(root.integer(at: 0) == 0xff as UInt64)
        #expect(root.integer(at: 8, default: 3) == 3 as UInt64)
        #expect(root.integer(at: 4) == 0 as UInt64, "half of the field is beyond the end")
        #expect(root.integer(at: -1) == 0 as UInt8)
        #expect(root.integer(at: .max) == 0 as UInt16)
        #expect(root.bool(at: 7))
        #expect(!root.bool(at: 8))
        #expect(root.bool(at: 64, default: true))
        #expect(!root.bool(at: -1))
        #expect(!root.bool(at: .min))
        #expect(root.float32(at: 8, default: 1) == 1)
        #expect(root.pointer(at: 1).isNull)
        #expect(root.pointer(at: -1).isNull)
        #expect(root.size == StructSize(dataWords: 1, pointers: 1))
        #expect(StructReader().integer(at: 0, default: 9 as UInt8) == 9)
    }

    @Test func structPointersReachBackwards() throws {
        let message = Message(segments: [
            Words.segment(Words.far(segment: 1, word: 1)),
            Words.segment(42, Words.structure(offset: -2, data: 1, pointers: 0)),
        ])
        #expect(try message.root.structReader().integer(at: 0) == 42 as UInt64)
    }

    @Test func aDoubleFarPointerNamesTheTargetAndItsKind() throws {
        let message = Message(segments: [
            Words.segment(Words.far(segment: 1, word: 0, double: true)),
            Words.segment(Words.far(segment: 2, word: 1), Words.structure(offset: 0, data: 1, pointers: 0)),
            Words.segment(0, 42),
        ])
        #expect(try message.root.structReader().integer(at: 0) == 42 as UInt64)
        #expect(try message.root.kind() == .structure)
    }

    @Test(arguments: [
        (Words.far(segment: 9, word: 0), CapnpError.unknownSegment),
        (Words.far(segment: 0xffff_ffff, word: 0), .unknownSegment),
        (Words.far(segment: 1, word: 99), .outOfBounds),
        (Words.far(segment: 1, word: 7, double: true), .outOfBounds),
        (Words.far(segment: 1, word: 0), .malformedFarPointer),
        (Words.far(segment: 1, word: 1), .malformedFarPointer),
        (Words.far(segment: 1, word: 2, double: true), .malformedFarPointer),
        (Words.far(segment: 1, word: 4, double: true), .malformedFarPointer),
        (Words.far(segment: 1, word: 5, double: true), .unknownSegment),
        (Words.far(segment: 1, word: 3), .outOfBounds),
    ])
    func badFarPointersThrow(root: UInt64, error: CapnpError) throws {
        let message = Message(segments: [
            Words.segment(root),
            Words.segment(
                Words.far(segment: 1, word: 1), Words.capability(0), Words.structure(offset: 0, data: 1, pointers: 0),
                Words.structure(offset: 100, data: 1, pointers: 0), Words.far(segment: 1, word: 0, double: true),
                Words.far(segment: 7, word: 0), Words.structure(offset: 0, data: 1, pointers: 0), 0),
        ])
        #expect(throws: error) { try message.root.structReader() }
        #expect(throws: CapnpError.self) { try message.root.list(.byte) }
        #expect(throws: CapnpError.self) { try message.root.text() }
    }

    @Test(arguments: [
        Words.structure(offset: 0, data: 2, pointers: 0), Words.structure(offset: 1, data: 1, pointers: 0),
        Words.structure(offset: -3, data: 1, pointers: 0), Words.structure(offset: 0, data: 65535, pointers: 65535),
        Words.structure(offset: (1 << 29) - 1, data: 1, pointers: 0),
        Words.structure(offset: -(1 << 29), data: 1, pointers: 0),
    ])
    func structsOutsideTheirSegmentThrow(root: UInt64) throws {
        #expect(throws: CapnpError.outOfBounds) { try Words.message(root, 0).root.structReader() }
    }

    @Test(arguments: [
        Words.list(offset: 0, .byte, count: 9), Words.list(offset: 0, .bit, count: 65),
        Words.list(offset: 0, .eightBytes, count: 2), Words.list(offset: 0, .pointer, count: (1 << 29) - 1),
        Words.list(offset: 0, .inlineComposite, count: 1), Words.list(offset: 2, .byte, count: 1),
        Words.list(offset: -9, .byte, count: 1),
    ])
    func listsOutsideTheirSegmentThrow(root: UInt64) throws {
        #expect(throws: CapnpError.outOfBounds) { try Words.message(root, 0).root.anyList() }
    }

    @Test func anotherKindThanAskedForThrows() throws {
        let structure = try Words.message(Words.structure(offset: 0, data: 1, pointers: 0), 1).root
        let list = try Words.message(Words.list(offset: 0, .byte, count: 1), 0).root
        let numbers = try Words.message(Words.list(offset: 0, .twoBytes, count: 1), 0).root
        let capability = try Words.message(Words.capability(0)).root
        let unknown = try Words.message(7).root
        for pointer in [structure, capability, unknown] {
            #expect(throws: CapnpError.wrongPointerKind) { try pointer.list(.byte) }
            #expect(throws: CapnpError.wrongPointerKind) { try pointer.text() }
            #expect(throws: CapnpError.wrongPointerKind) { try pointer.data() }
        }
        for pointer in [list, capability, unknown] {
            #expect(throws: CapnpError.wrongPointerKind) { try pointer.structReader() }
        }
        for pointer in [structure, list, unknown] {
            #expect(throws: CapnpError.wrongPointerKind) { try pointer.capability() }
        }
        #expect(throws: CapnpError.wrongPointerKind) { try numbers.text() }
        #expect(try unknown.kind() == .unknown)
        #expect(try capability.kind() == .capability)
        #expect(try numbers.kind() == .list)
    }

    @Test func aTextNeedsItsNUL() throws {
        let bad = try Words.message(Words.list(offset: 0, .byte, count: 3), 0x00_636261).root
        #expect(throws: CapnpError.unterminatedText) { try bad.text() }
        let empty = try Words.message(Words.list(offset: 0, .byte, count: 0)).root
        #expect(throws: CapnpError.unterminatedText) { try empty.text() }
        #expect(try empty.data() == [])
        let good = try Words.message(Words.list(offset: 0, .byte, count: 4), 0x00_636261).root
        #expect(try good.text() == "abc")
        #expect(try good.textBytes() == [0x61, 0x62, 0x63])
        #expect(try good.data() == [0x61, 0x62, 0x63, 0])
        #expect(try good.withBytes { $0.byteCount } == 4)
    }

    @Test func badUTF8IsRepaired() throws {
        let root = try Words.message(Words.list(offset: 0, .byte, count: 3), 0x00_ff61).root
        #expect(try root.text() == "a\u{fffd}")
    }

    @Test func capabilitiesAreLookedUpInTheTable() throws {
        let message = Words.message(
            Words.structure(offset: 0, data: 0, pointers: 3), Words.capability(0), Words.capability(1),
            Words.capability(2))
        let root = try message.root.structReader()
        #expect(throws: CapnpError.unknownCapability) { try root.pointer(at: 0).capability() }
        let capability = TestCapability()
        message.attach(capabilities: [capability, nil])
        #expect(try root.pointer(at: 0).capability() === capability)
        #expect(try root.pointer(at: 1).capability() == nil)
        #expect(throws: CapnpError.unknownCapability) { try root.pointer(at: 2).capability() }
        #expect(root.pointer(at: 2).capabilityIndex == 2)
        #expect(message.capabilities.count == 2)
    }
}
