package import ByteCoding

/// One input of a transaction: which output it spends and what proves the right to.
package struct TransactionInput: Hashable, Sendable {
    /// The output that is spent.
    package var previousOutput: OutPoint

    /// The unlocking script; empty for native segwit.
    package var scriptSig: Script

    /// The sequence number: relative lock time (BIP68) and replaceability (BIP125).
    package var sequence: UInt32

    /// The witness stack, bottom first; empty when there is none.
    package var witness: [[UInt8]]

    /// The sequence number that turns off lock times.
    package static let finalSequence: UInt32 = 0xffff_ffff

    /// Makes an input; an unsigned one when only the output is given.
    package init(
        previousOutput: OutPoint, scriptSig: Script = Script(), sequence: UInt32 = finalSequence,
        witness: [[UInt8]] = []
    ) {
        self.previousOutput = previousOutput
        self.scriptSig = scriptSig
        self.sequence = sequence
        self.witness = witness
    }

    /// Reads an input without its witness, which stands elsewhere.
    ///
    /// - Throws: `endOfData`, `nonCanonicalSize`, `sizeTooLarge`.
    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        previousOutput = try OutPoint(from: &reader)
        scriptSig = Script(try reader.readSizedBytes())
        sequence = try reader.readUInt32()
        witness = []
    }

    /// Appends the input without its witness.
    package func encode(to writer: inout ByteWriter) {
        previousOutput.encode(to: &writer)
        writer.writeSizedBytes(scriptSig.slice)
        writer.writeUInt32(sequence)
    }
}
