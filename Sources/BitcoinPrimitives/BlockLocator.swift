package import ByteCoding

/// Hashes of blocks from a tip backwards in growing steps, by which another party finds the last common block.
package struct BlockLocator: Hashable, Sendable {
    /// The hashes, the tip's first.
    package var hashes: [BlockHash]

    /// The number that Core writes in front; readers ignore it.
    private static let serialisationVersion: Int32 = 70016

    /// Makes a locator of its hashes.
    package init(hashes: [BlockHash] = []) { self.hashes = hashes }

    /// Whether there are no hashes, which means "from the genesis block".
    package var isEmpty: Bool { hashes.isEmpty }

    /// Reads a locator in the form of wallets and of `getheaders`.
    ///
    /// - Throws: `endOfData`, `nonCanonicalSize`, `sizeTooLarge`.
    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        _ = try reader.readInt32()
        let count = try reader.readCompactSize()
        var hashes: [BlockHash] = []
        hashes.reserveCapacity(min(count, reader.remaining / 32))
        for _ in 0..<count { hashes.append(BlockHash(rawValue: try reader.readHash256())) }
        self.hashes = hashes
    }

    /// The serialised locator.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 5 + 32 * hashes.count)
        writer.writeInt32(Self.serialisationVersion)
        writer.writeCompactSize(hashes.count)
        for hash in hashes { writer.writeHash256(hash.rawValue) }
        return writer.bytes
    }
}
