// The two variable-length integers of Bitcoin Core's serialize.h.

extension ByteReader {
    /// Reads a CompactSize: one byte below 253, else a marker byte and two, four or eight bytes little endian.
    ///
    /// - Parameter max: the largest value accepted; Core's `MAX_SIZE` unless the caller knows better.
    /// - Throws: `endOfData`, `nonCanonicalSize` when a shorter form exists, `sizeTooLarge` above `max`.
    @inlinable
    public mutating func readCompactSize(max: Int = ByteReader.maxCompactSize) throws(ByteCodingError) -> Int {
        let start = index
        let value = try readCompactSizeValue()
        guard value <= UInt64(clamping: max) else {
            index = start
            throw .sizeTooLarge
        }
        return Int(value)
    }

    /// Reads a CompactSize of any 64-bit value: service flags, BIP152 and other places where it is not a length.
    ///
    /// - Throws: `endOfData`, `nonCanonicalSize` when a shorter form exists.
    @inlinable @inline(__always)
    public mutating func readCompactSizeValue() throws(ByteCodingError) -> UInt64 {
        guard let marker = peekUInt8() else { throw .endOfData }
        guard marker >= 253 else {
            index &+= 1
            return UInt64(marker)
        }
        return try readLongCompactSize(marker)
    }

    /// Reads a CompactSize of more than one byte.
    @usableFromInline
    mutating func readLongCompactSize(_ marker: UInt8) throws(ByteCodingError) -> UInt64 {
        var ahead = self
        ahead.index &+= 1
        let value: UInt64
        let smallest: UInt64
        switch marker {
        case 253: (value, smallest) = (UInt64(try ahead.readUInt16()), 253)
        case 254: (value, smallest) = (UInt64(try ahead.readUInt32()), 0x1_0000)
        default: (value, smallest) = (try ahead.readUInt64(), 0x1_0000_0000)
        }
        guard value >= smallest else { throw .nonCanonicalSize }
        index = ahead.index
        return value
    }

    /// Reads a CompactSize length and that many bytes: scripts, witness items, vectors of bytes.
    ///
    /// - Throws: as `readCompactSize(max:)`; `endOfData` when fewer bytes follow.
    @inlinable
    public mutating func readSizedSlice(
        max: Int = ByteReader.maxCompactSize
    ) throws(ByteCodingError) -> ArraySlice<UInt8> {
        try readSlice(readLength(max: max))
    }

    /// Reads a CompactSize length and that many bytes into an array of their own.
    ///
    /// - Throws: as `readSizedSlice(max:)`.
    @inlinable
    public mutating func readSizedBytes(max: Int = ByteReader.maxCompactSize) throws(ByteCodingError) -> [UInt8] {
        try readBytes(readLength(max: max))
    }

    /// Reads the CompactSize length of bytes that must follow; the reader stays in front of it if they do not.
    @inlinable
    mutating func readLength(max: Int) throws(ByteCodingError) -> Int {
        let start = index
        let count = try readCompactSize(max: max)
        guard remaining >= count else {
            index = start
            throw .endOfData
        }
        return count
    }

    /// Reads Core's VARINT: base 128, most significant digit first, one subtracted per continuation so that every
    /// number has exactly one form (chainstate, undo files, block index).
    ///
    /// - Throws: `endOfData`, `sizeTooLarge` when the number does not fit 64 bits.
    @inlinable
    public mutating func readVarInt() throws(ByteCodingError) -> UInt64 {
        var ahead = self
        var value: UInt64 = 0
        while true {
            let byte = try ahead.readUInt8()
            guard value <= UInt64.max >> 7 else { throw .sizeTooLarge }
            value = value << 7 | UInt64(byte & 0x7f)
            if byte & 0x80 == 0 { break }
            guard value < UInt64.max else { throw .sizeTooLarge }
            value &+= 1
        }
        index = ahead.index
        return value
    }
}
