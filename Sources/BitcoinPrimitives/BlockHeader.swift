package import BitcoinCrypto
package import ByteCoding

/// The 80 bytes that carry a block's proof of work.
package struct BlockHeader: Hashable, Sendable {
    /// The number of bytes of every header.
    package static let size = 80

    /// The version, whose bits signal deployments (BIP9).
    package let version: Int32

    /// The hash of the block before; zero for a genesis block.
    package let previousBlockHash: BlockHash

    /// The root of the tree of transaction ids.
    package let merkleRoot: Hash256

    /// Seconds since 1970, as the miner claims.
    package let time: UInt32

    /// The target in compact form.
    package let bits: UInt32

    /// What the miner varies.
    package let nonce: UInt32

    /// The double SHA-256 of the 80 bytes.
    package let hash: BlockHash

    /// Makes a header of its parts and hashes it.
    package init(
        version: Int32, previousBlockHash: BlockHash, merkleRoot: Hash256, time: UInt32, bits: UInt32, nonce: UInt32
    ) {
        self.version = version
        self.previousBlockHash = previousBlockHash
        self.merkleRoot = merkleRoot
        self.time = time
        self.bits = bits
        self.nonce = nonce
        var writer = ByteWriter(capacity: Self.size)
        Self.encode(
            to: &writer, version: version, previousBlockHash: previousBlockHash, merkleRoot: merkleRoot, time: time,
            bits: bits, nonce: nonce)
        hash = BlockHash(rawValue: SHA256d.hash(writer.bytes))
    }

    /// Reads 80 bytes.
    ///
    /// - Throws: `endOfData`.
    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        let bytes = try reader.readSlice(Self.size)
        var fields = ByteReader(bytes)
        version = try fields.readInt32()
        previousBlockHash = BlockHash(rawValue: try fields.readHash256())
        merkleRoot = try fields.readHash256()
        time = try fields.readUInt32()
        bits = try fields.readUInt32()
        nonce = try fields.readUInt32()
        hash = BlockHash(rawValue: SHA256d.hash(bytes))
    }

    /// Reads a header that takes up all of `bytes`.
    ///
    /// - Throws: `endOfData`, `trailingBytes`.
    package init(decoding bytes: [UInt8]) throws(ByteCodingError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }

    /// Appends the 80 bytes.
    package func encode(to writer: inout ByteWriter) {
        Self.encode(
            to: &writer, version: version, previousBlockHash: previousBlockHash, merkleRoot: merkleRoot, time: time,
            bits: bits, nonce: nonce)
    }

    /// The 80 bytes.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: Self.size)
        encode(to: &writer)
        return writer.bytes
    }

    private static func encode(
        to writer: inout ByteWriter, version: Int32, previousBlockHash: BlockHash, merkleRoot: Hash256, time: UInt32,
        bits: UInt32, nonce: UInt32
    ) {
        writer.writeInt32(version)
        writer.writeHash256(previousBlockHash.rawValue)
        writer.writeHash256(merkleRoot)
        writer.writeUInt32(time)
        writer.writeUInt32(bits)
        writer.writeUInt32(nonce)
    }
}
