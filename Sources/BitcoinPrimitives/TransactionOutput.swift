package import ByteCoding

/// One output of a transaction: an amount and the script that guards it.
package struct TransactionOutput: Hashable, Sendable {
    /// The amount in satoshis. A decoded one may be out of range.
    package var value: Amount

    /// The locking script.
    package var scriptPubKey: Script

    /// Makes an output.
    package init(value: Amount, scriptPubKey: Script) {
        self.value = value
        self.scriptPubKey = scriptPubKey
    }

    /// Reads an output.
    ///
    /// - Throws: `endOfData`, `nonCanonicalSize`, `sizeTooLarge`.
    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        value = try reader.readInt64()
        scriptPubKey = Script(try reader.readSizedBytes())
    }

    /// Appends the output.
    package func encode(to writer: inout ByteWriter) {
        writer.writeInt64(value)
        writer.writeSizedBytes(scriptPubKey.slice)
    }
}
