import ByteCoding
import Capnp
import Testing

/// One message with every kind of field: its schema and value as text, its bytes as the reference implementation wrote
/// them, and code that builds and checks it with offsets from `capnp compile -ocapnp`.
enum SampleMessage {
    static let schema = """
        @0xd7a2c1f09be84e35;

        enum Colour { red @0; green @1; blue @2; }

        interface Callback { call @0 (); }

        struct Inner {
          id @0 :UInt64;
          name @1 :Text;
          small @2 :UInt8;
        }

        struct Sample {
          flag @0 :Bool;
          tiny @1 :Int8 = -5;
          short @2 :UInt16;
          number @3 :Int32 = 1000;
          long @4 :UInt64;
          single @5 :Float32 = 1.5;
          double @6 :Float64;
          colour @7 :Colour = green;
          text @8 :Text;
          data @9 :Data;
          inner @10 :Inner;
          bits @11 :List(Bool);
          bytes @12 :List(UInt8);
          shorts @13 :List(Int16);
          numbers @14 :List(UInt32);
          longs @15 :List(Int64);
          floats @16 :List(Float64);
          texts @17 :List(Text);
          inners @18 :List(Inner);
          nested @19 :List(List(UInt16));
          voids @20 :List(Void);
          yes @21 :Bool = true;
          union {
            nothing @22 :Void;
            count @23 :UInt32;
            label @24 :Text;
          }
        }
        """

    static let value = """
        (flag = true, tiny = 7, short = 65535, number = -2, long = 81985529216486895, single = -0.25, double = 3.5, colour = blue,
         text = "héllo", data = 0x"00ff10", inner = (id = 42, name = "in", small = 9),
         bits = [true, false, true, true, false, false, false, false, true], bytes = [1, 2, 3], shorts = [-1, 300],
         numbers = [4000000000], longs = [-9000000000, 1], floats = [0.5, -2], texts = ["a", "", "ccc"],
         inners = [(id = 1, name = "one"), (), (id = 3, small = 255)], nested = [[1, 2], [], [3]], voids = [void, void, void],
         yes = false, label = "union")
        """

    /// `capnp encode`: one segment.
    static func oneSegment() throws -> [UInt8] {
        try Hex.decode(
            """
            00000000390000000000000005000e0003fcffff16fcffffefcdab896745230100004081030002000000000000000c40\
            0000000000000000350000003a000000350000001a00000034000000020001004100000049000000410000001a000000\
            4100000013000000410000000c00000041000000150000004500000015000000490000001e0000005d0000004f000000\
            850000001e0000009500000018000000910000003200000068c3a96c6c6f000000ff1000000000002a00000000000000\
            0900000000000000010000001a000000696e0000000000000d010000000000000102030000000000ffff2c0100000000\
            00286bee0000000000e68ee7fdffffff0100000000000000000000000000e03f00000000000000c00900000012000000\
            090000000a00000009000000220000006100000000000000000000000000000063636300000000000c00000002000100\
            010000000000000000000000000000001900000022000000000000000000000000000000000000000000000000000000\
            0300000000000000ff0000000000000000000000000000006f6e65000000000009000000130000000900000003000000\
            050000000b00000001000200000000000300000000000000756e696f6e000000
            """)
    }

    /// `capnp encode --segment-size=1`: an object to a segment, far pointers between them.
    static func manySegments() throws -> [UInt8] {
        try Hex.decode(
            """
            150000000100000014000000020000000200000004000000020000000200000002000000020000000200000003000000\
            03000000040000000200000002000000020000000b000000020000000400000002000000020000000200000000000000\
            02000000010000000000000005000e0003fcffff16fcffffefcdab896745230100004081030002000000000000000c40\
            000000000000000002000000020000000200000003000000020000000400000002000000060000000200000007000000\
            02000000080000000200000009000000020000000a000000020000000b000000020000000c0000000200000010000000\
            020000001200000005000000180000000200000015000000010000003a00000068c3a96c6c6f0000010000001a000000\
            00ff10000000000000000000020001002a0000000000000009000000000000000200000005000000010000001a000000\
            696e00000000000001000000490000000d01000000000000010000001a00000001020300000000000100000013000000\
            ffff2c0100000000010000000c00000000286bee00000000010000001500000000e68ee7fdffffff0100000000000000\
            0100000015000000000000000000e03f00000000000000c0010000001e000000020000000d000000020000000e000000\
            020000000f00000001000000120000006100000000000000010000000a00000000000000000000000100000022000000\
            6363630000000000010000004f0000000c00000002000100010000000000000000000000000000000200000011000000\
            0000000000000000000000000000000000000000000000000300000000000000ff000000000000000000000000000000\
            01000000220000006f6e650000000000010000001e000000020000001300000005000000030000000200000014000000\
            01000000130000000100020000000000010000000b00000003000000000000000100000032000000756e696f6e000000
            """)
    }

    /// `capnp encode --packed`.
    static func packed() throws -> [UInt8] {
        try Hex.decode(
            """
            103950050eff03fcffff16fcffff01efcdab89674523015c40810302c00c40000011353a11351a513402011141491141\
            1a11411311410c11411511451511491e115d4f11851e1195181191323f68c3a96c6c6f06ff10012a010911011a03696e\
            030d01070102030fffff2c010e286beefee68ee7fdffffff0101c0e03f80c011091211090a1109220161000007636363\
            510c0201010100001119220002010301ff0000076f6e6511091311090311050b05010201031f756e696f6e
            """)
    }

    static let size = StructSize(dataWords: 5, pointers: 14)
    static let innerSize = StructSize(dataWords: 2, pointers: 1)

    static func build(firstSegmentWords: Int = 1024) -> MessageBuilder {
        let message = MessageBuilder(firstSegmentWords: firstSegmentWords)
        let root = message.initRoot(size)
        root.setBool(true, at: 0)
        root.setInteger(7 as Int8, at: 1, default: -5)
        root.setInteger(65535 as UInt16, at: 2)
        root.setInteger(-2 as Int32, at: 4, default: 1000)
        root.setInteger(0x0123_4567_89ab_cdef as UInt64, at: 8)
        root.setFloat32(-0.25, at: 16, default: 1.5)
        root.setFloat64(3.5, at: 24)
        root.setInteger(2 as UInt16, at: 20, default: 1)
        root.setBool(false, at: 1, default: true)
        root.setInteger(2 as UInt16, at: 22)
        root.pointer(at: 0).setText("héllo")
        root.pointer(at: 1).setData([0, 255, 16])
        set(root.pointer(at: 2).initStruct(innerSize), id: 42, name: "in", small: 9)
        let bits = root.pointer(at: 3).initList(.bit, count: 9)
        for index in [0, 2, 3, 8] { bits.setBool(true, at: index) }
        let bytes = root.pointer(at: 4).initList(.byte, count: 3)
        for index in 0..<3 { bytes.setInteger(UInt8(index + 1), at: index) }
        let shorts = root.pointer(at: 5).initList(.twoBytes, count: 2)
        shorts.setInteger(-1 as Int16, at: 0)
        shorts.setInteger(300 as Int16, at: 1)
        root.pointer(at: 6).initList(.fourBytes, count: 1).setInteger(4_000_000_000 as UInt32, at: 0)
        let longs = root.pointer(at: 7).initList(.eightBytes, count: 2)
        longs.setInteger(-9_000_000_000 as Int64, at: 0)
        longs.setInteger(1 as Int64, at: 1)
        let floats = root.pointer(at: 8).initList(.eightBytes, count: 2)
        floats.setFloat64(0.5, at: 0)
        floats.setFloat64(-2, at: 1)
        let texts = root.pointer(at: 9).initList(.pointer, count: 3)
        for (index, text) in ["a", "", "ccc"].enumerated() { texts.pointer(index).setText(text) }
        let inners = root.pointer(at: 10).initStructList(count: 3, size: innerSize)
        set(inners.structBuilder(0), id: 1, name: "one", small: 0)
        set(inners.structBuilder(2), id: 3, name: nil, small: 255)
        let nested = root.pointer(at: 11).initList(.pointer, count: 3)
        for (index, values) in [[1, 2], [], [3]].enumerated() {
            let list = nested.pointer(index).initList(.twoBytes, count: values.count)
            for (index, value) in values.enumerated() { list.setInteger(UInt16(value), at: index) }
        }
        _ = root.pointer(at: 12).initList(.void, count: 3)
        root.pointer(at: 13).setText("union")
        return message
    }

    private static func set(_ inner: StructBuilder, id: UInt64, name: String?, small: UInt8) {
        inner.setInteger(id, at: 0)
        inner.setInteger(small, at: 8)
        if let name { inner.pointer(at: 0).setText(name) }
    }

    /// Expects every field to have the value of `value`.
    static func check(_ root: StructReader) throws {
        #expect(root.bool(at: 0))
        #expect(root.integer(at: 1, default: -5 as Int8) == 7)
        #expect(root.integer(at: 2) == 65535 as UInt16)
        #expect(root.integer(at: 4, default: 1000 as Int32) == -2)
        #expect(root.integer(at: 8) == 0x0123_4567_89ab_cdef as UInt64)
        #expect(root.float32(at: 16, default: 1.5) == -0.25)
        #expect(root.float64(at: 24) == 3.5)
        #expect(root.integer(at: 20, default: 1 as UInt16) == 2)
        #expect(root.bool(at: 1, default: true) == false)
        #expect(root.integer(at: 22) == 2 as UInt16)
        #expect(try root.pointer(at: 0).text() == "héllo")
        #expect(try root.pointer(at: 1).data() == [0, 255, 16])
        try check(root.pointer(at: 2).structReader(), id: 42, name: "in", small: 9)
        let bits = try root.pointer(at: 3).list(.bit)
        #expect(bits.indices.map { bits.bool($0) } == [true, false, true, true, false, false, false, false, true])
        #expect(try root.pointer(at: 4).list(.byte).integers() == [1, 2, 3] as [UInt8])
        #expect(try root.pointer(at: 5).list(.twoBytes).integers() == [-1, 300] as [Int16])
        #expect(try root.pointer(at: 6).list(.fourBytes).integers() == [4_000_000_000] as [UInt32])
        #expect(try root.pointer(at: 7).list(.eightBytes).integers() == [-9_000_000_000, 1] as [Int64])
        let floats = try root.pointer(at: 8).list(.eightBytes)
        #expect(floats.indices.map { floats.float64($0) } == [0.5, -2])
        let texts = try root.pointer(at: 9).list(.pointer)
        #expect(try texts.indices.map { try texts.pointer($0).text() } == ["a", "", "ccc"])
        let inners = try root.pointer(at: 10).list(.inlineComposite)
        #expect(inners.count == 3)
        try check(inners.structReader(0), id: 1, name: "one", small: 0)
        try check(inners.structReader(1), id: 0, name: "", small: 0)
        try check(inners.structReader(2), id: 3, name: "", small: 255)
        let nested = try root.pointer(at: 11).list(.pointer)
        let values: [[UInt16]] = try nested.indices.map { try nested.pointer($0).list(.twoBytes).integers() }
        #expect(values == [[1, 2], [], [3]])
        #expect(try root.pointer(at: 12).list(.void).count == 3)
        #expect(try root.pointer(at: 13).text() == "union")
    }

    private static func check(_ inner: StructReader, id: UInt64, name: String, small: UInt8) throws {
        #expect(inner.integer(at: 0) == id)
        #expect(inner.integer(at: 8) == small)
        #expect(try inner.pointer(at: 0).text() == name)
    }
}
