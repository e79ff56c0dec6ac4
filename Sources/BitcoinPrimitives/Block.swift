package import BitcoinCrypto
package import ByteCoding

/// A block: a header and the transactions that its merkle root commits to, if it is honest.
package struct Block: Sendable {
    /// The header.
    package let header: BlockHeader

    /// The transactions, the coinbase first.
    package let transactions: [Transaction]

    /// Makes a block of its parts.
    package init(header: BlockHeader, transactions: [Transaction]) {
        self.header = header
        self.transactions = transactions
    }

    /// Reads a block and goes on behind it.
    ///
    /// - Throws: `SerializationError`.
    package init(from reader: inout ByteReader) throws(SerializationError) {
        let count: Int
        do {
            header = try BlockHeader(from: &reader)
            count = try reader.readCompactSize()
        } catch {
            throw .malformed(error)
        }
        var transactions: [Transaction] = []
        // The smallest transaction has 10 bytes.
        transactions.reserveCapacity(min(count, reader.remaining / 10))
        for _ in 0..<count { transactions.append(try Transaction(from: &reader)) }
        self.transactions = transactions
    }

    /// Reads a block that takes up all of `bytes`.
    ///
    /// - Throws: `SerializationError`.
    package init(decoding bytes: [UInt8]) throws(SerializationError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        guard reader.isAtEnd else { throw .malformed(.trailingBytes) }
    }

    /// The hash of the header.
    package var hash: BlockHash { header.hash }

    /// The serialised block.
    package func encoded(includingWitness: Bool = true) -> [UInt8] {
        var writer = ByteWriter(capacity: includingWitness ? size : strippedSize)
        encode(to: &writer, includingWitness: includingWitness)
        return writer.bytes
    }

    /// Appends the serialised block.
    package func encode(to writer: inout ByteWriter, includingWitness: Bool = true) {
        header.encode(to: &writer)
        writer.writeCompactSize(transactions.count)
        for transaction in transactions { transaction.encode(to: &writer, includingWitness: includingWitness) }
    }

    /// The number of bytes with witnesses.
    package var size: Int { transactions.reduce(overhead) { $0 + $1.totalSize } }

    /// The number of bytes without witnesses.
    package var strippedSize: Int { transactions.reduce(overhead) { $0 + $1.strippedSize } }

    /// The weight of BIP141.
    package var weight: Int { strippedSize * 3 + size }

    private var overhead: Int { BlockHeader.size + ByteWriter.compactSizeLength(UInt64(transactions.count)) }
}

extension Block {
    /// The root of the tree of transaction ids, to be compared with the header's, and the mark of repeated
    /// transactions (see `MerkleTree.root(of:)`).
    package func computedMerkleRoot() -> (root: Hash256, isMutated: Bool) {
        MerkleTree.root(of: transactions.map(\.id.rawValue))
    }

    /// The root of the tree of ids with witnesses, in which the coinbase counts as zero (BIP141).
    package func computedWitnessMerkleRoot() -> Hash256 {
        var leaves = transactions.map(\.witnessID.rawValue)
        if !leaves.isEmpty { leaves[0] = .zero }
        return MerkleTree.root(of: leaves).root
    }

    /// Where in the coinbase the witness commitment stands: the last output with its prefix; nil if there is none.
    package var witnessCommitmentIndex: Int? {
        transactions.first?.outputs.lastIndex { output in
            output.scriptPubKey.count >= 38 && output.scriptPubKey.slice.starts(with: Self.witnessCommitmentPrefix)
        }
    }

    /// The 32 bytes that the coinbase commits to; nil without a commitment.
    package var witnessCommitment: Hash256? {
        guard let index = witnessCommitmentIndex else { return nil }
        return Hash256(bytes: transactions[0].outputs[index].scriptPubKey.bytes[6..<38])
    }

    /// `OP_RETURN`, a push of 36 bytes, and the marker of BIP141.
    package static let witnessCommitmentPrefix: [UInt8] = [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed]

    /// The commitment to a witness root: its double SHA-256 together with the coinbase's 32 reserved bytes.
    package static func witnessCommitment(root: Hash256, reserved: Hash256 = .zero) -> Hash256 {
        SHA256d.hash(root, reserved)
    }
}
