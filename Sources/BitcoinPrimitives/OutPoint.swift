import BitcoinCrypto
package import ByteCoding

/// Names one output of one transaction.
package struct OutPoint: Hashable, Sendable {
    /// The transaction that made the output.
    package var transactionID: TransactionID

    /// The output's position in that transaction, from zero.
    package var index: UInt32

    /// What the single input of a coinbase refers to.
    package static let null = OutPoint(transactionID: .zero, index: .max)

    /// Names output `index` of `transactionID`.
    package init(transactionID: TransactionID, index: UInt32) {
        self.transactionID = transactionID
        self.index = index
    }

    /// Whether this is the reference of a coinbase.
    package var isNull: Bool { index == .max && transactionID.rawValue.isZero }

    /// Reads 36 bytes.
    ///
    /// - Throws: `endOfData`.
    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        transactionID = TransactionID(rawValue: try reader.readHash256())
        index = try reader.readUInt32()
    }

    /// Appends 36 bytes.
    package func encode(to writer: inout ByteWriter) {
        writer.writeHash256(transactionID.rawValue)
        writer.writeUInt32(index)
    }
}

extension OutPoint {
    /// Hashes half of the id, which is a hash itself: to find two that agree in so many bits takes too long.
    package func hash(into hasher: inout Hasher) {
        let words = transactionID.rawValue.words
        hasher.combine(words.0)
        hasher.combine(words.1 ^ UInt64(index))
    }
}

extension OutPoint: Comparable {
    /// The order of Core's maps of outpoints: by the id's bytes, then by index.
    package static func < (left: OutPoint, right: OutPoint) -> Bool {
        if left.transactionID != right.transactionID {
            return left.transactionID.rawValue.precedesInByteOrder(right.transactionID.rawValue)
        }
        return left.index < right.index
    }
}

extension OutPoint: CustomStringConvertible {
    /// The id and the index with a colon between.
    package var description: String { "\(transactionID):\(index)" }
}
