import ByteCoding
import Testing

struct ByteCodingTests {
    @Test func integersComeBackAsWritten() throws {
        var writer = ByteWriter()
        writer.writeUInt8(1)
        writer.writeUInt16(0x0203)
        writer.writeUInt32(0x0405_0607)
        writer.writeUInt64(0x0809_0a0b_0c0d_0e0f)
        writer.writeInt32(-2)
        writer.writeInt64(-3)
        writer.writeUInt16BigEndian(0x0203)
        writer.writeUInt32BigEndian(0x0405_0607)
        writer.writeUInt64BigEndian(0x0809_0a0b_0c0d_0e0f)
        #expect(
            Hex.encode(writer.bytes) == "01" + "0302" + "07060504" + "0f0e0d0c0b0a0908" + "feffffff"
                + "fdffffffffffffff" + "0203" + "04050607" + "08090a0b0c0d0e0f")
        var reader = ByteReader(writer.bytes)
        #expect(try reader.readUInt8() == 1)
        #expect(try reader.readUInt16() == 0x0203)
        #expect(try reader.readUInt32() == 0x0405_0607)
        #expect(try reader.readUInt64() == 0x0809_0a0b_0c0d_0e0f)
        #expect(try reader.readInt32() == -2)
        #expect(try reader.readInt64() == -3)
        #expect(try reader.readUInt16BigEndian() == 0x0203)
        #expect(try reader.readUInt32BigEndian() == 0x0405_0607)
        #expect(try reader.readUInt64BigEndian() == 0x0809_0a0b_0c0d_0e0f)
        #expect(reader.isAtEnd)
        try reader.finish()
    }

    @Test func readingPastTheEndThrowsAndStays() throws {
        var reader = ByteReader([1, 2, 3][1...])
        #expect(throws: ByteCodingError.endOfData) { try reader.readUInt32() }
        #expect(throws: ByteCodingError.endOfData) { try reader.readBytes(3) }
        #expect(throws: ByteCodingError.endOfData) { try reader.readBytes(-1) }
        #expect(throws: ByteCodingError.endOfData) { try reader.skip(3) }
        #expect(reader.position == 0)
        #expect(reader.remaining == 2)
        #expect(throws: ByteCodingError.trailingBytes) { try reader.finish() }
        #expect(try reader.readBytes(2) == [2, 3])
        #expect(reader.peekUInt8() == nil)
        #expect(throws: ByteCodingError.endOfData) { try reader.readUInt8() }
    }

    @Test(arguments: [
        (0, "00"), (252, "fc"), (253, "fdfd00"), (0xffff, "fdffff"), (0x1_0000, "fe00000100"),
        (0x0200_0000, "fe00000002"),
    ])
    func compactSizesHaveOneForm(value: Int, hex: String) throws {
        var writer = ByteWriter()
        writer.writeCompactSize(value)
        #expect(Hex.encode(writer.bytes) == hex)
        #expect(ByteWriter.compactSizeLength(UInt64(value)) == writer.count)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.readCompactSize() == value)
        #expect(reader.isAtEnd)
    }

    @Test(arguments: ["fdfc00", "fe00000000", "feffff0000", "ffffffffff00000000"])
    func longerFormsAreRefused(hex: String) throws {
        var reader = ByteReader(try Hex.decode(hex))
        #expect(throws: ByteCodingError.nonCanonicalSize) { try reader.readCompactSize() }
        #expect(reader.position == 0)
    }

    @Test func compactSizesAboveTheLimitAreRefused() throws {
        var reader = ByteReader(try Hex.decode("fe01000002"))
        #expect(throws: ByteCodingError.sizeTooLarge) { try reader.readCompactSize() }
        #expect(try reader.readCompactSizeValue() == 0x0200_0001)
        var largest = ByteReader(try Hex.decode("ffffffffffffffffff"))
        #expect(throws: ByteCodingError.sizeTooLarge) { try largest.readCompactSize() }
        #expect(try largest.readCompactSizeValue() == .max)
    }

    /// Pairs from the comment on VARINT in Bitcoin Core's serialize.h, and the largest number.
    @Test(arguments: [
        (0, "00"), (1, "01"), (127, "7f"), (128, "8000"), (255, "807f"), (256, "8100"), (16383, "fe7f"),
        (16384, "ff00"), (16511, "ff7f"), (65535, "82fe7f"), (1 << 32, "8efefeff00"),
        (UInt64.max, "80fefefefefefefefe7f"),
    ])
    func varIntsAreThoseOfCore(value: UInt64, hex: String) throws {
        var writer = ByteWriter()
        writer.writeVarInt(value)
        #expect(Hex.encode(writer.bytes) == hex)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.readVarInt() == value)
        #expect(reader.isAtEnd)
    }

    @Test(arguments: ["80fefefefefefefeff00", "ffffffffffffffffffffff7f"])
    func varIntsThatDoNotFitAreRefused(hex: String) throws {
        var reader = ByteReader(try Hex.decode(hex))
        #expect(throws: ByteCodingError.sizeTooLarge) { try reader.readVarInt() }
    }

    @Test func hexIsStrict() throws {
        #expect(Hex.encode([0, 0x9a, 0xff]) == "009aff")
        #expect(Hex.encodeReversed([0, 0x9a, 0xff]) == "ff9a00")
        #expect(try Hex.decode("009AfF") == [0, 0x9a, 0xff])
        #expect(try Hex.decodeReversed("009aff") == [0xff, 0x9a, 0])
        #expect(throws: ByteCodingError.oddHexLength) { try Hex.decode("abc") }
        #expect(throws: ByteCodingError.invalidHexDigit) { try Hex.decode("0g") }
        #expect(throws: ByteCodingError.invalidHexDigit) { try Hex.decode("0x00") }
        #expect(throws: ByteCodingError.invalidHexDigit) { try Hex.decode(" 00") }
    }

    @Test func sizedBytesComeBack() throws {
        var writer = ByteWriter()
        writer.writeSizedBytes([1, 2, 3])
        writer.writeRepeating(0, count: 2)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.readSizedBytes() == [1, 2, 3])
        #expect(reader.bytes(from: 1, to: 4) == [1, 2, 3])
        #expect(reader.readRemaining() == [0, 0])
        var short = ByteReader([5, 1])
        #expect(throws: ByteCodingError.endOfData) { try short.readSizedBytes() }
        #expect(short.position == 0)
    }

    @Test func slicesHaveTheSameBytesWhereverTheyLie() {
        let bytes: [UInt8] = [1, 2, 3, 1, 2, 3]
        #expect(bytes[0..<3].hasBytes(of: bytes[3..<6]))
        #expect(!bytes[0..<3].hasBytes(of: bytes[1..<4]))
        #expect(!bytes[0..<3].hasBytes(of: bytes[0..<2]))
        #expect(bytes[2..<2].hasBytes(of: []))
    }
}
