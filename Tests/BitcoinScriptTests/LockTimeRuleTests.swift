import BitcoinPrimitives
import BitcoinScript
import Testing

/// Relative lock times in scripts (BIP112).
struct LockTimeRuleTests {
    private func error(operand: Int64, version: UInt32 = 2, sequence: UInt32) -> ScriptError? {
        var builder = ScriptBuilder()
        builder.push(number: operand)
        builder.append(.checkSequenceVerify)
        let input = TransactionInput(
            previousOutput: OutPoint(transactionID: .zero, index: 0), sequence: sequence)
        let data = PrecomputedTransactionData(
            Transaction(version: version, inputs: [input], outputs: []),
            spending: [TransactionOutput(value: 0, scriptPubKey: builder.script)])
        return data.error(input: 0, .mandatory)
    }

    @Test func versionsHaveNoSign() {
        for version: UInt32 in [2, 3, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
            #expect(error(operand: 5, version: version, sequence: 5) == nil)
            #expect(error(operand: 6, version: version, sequence: 5) == .unsatisfiedLockTime)
        }
        for version: UInt32 in [0, 1] {
            #expect(error(operand: 5, version: version, sequence: 5) == .unsatisfiedLockTime)
        }
    }

    @Test func only17BitsAreCompared() {
        let time: UInt32 = 1 << 22
        #expect(error(operand: 0x1_0005, sequence: 5) == nil)
        #expect(error(operand: 5, sequence: 0x0f_0005) == nil)
        #expect(error(operand: 0x1_0006, sequence: 5) == .unsatisfiedLockTime)
        // Five bytes, of which the upper ones mean nothing.
        #expect(error(operand: 0x7f_0000_0005, sequence: 5) == nil)
        #expect(error(operand: 0x7f_0000_0006, sequence: 5) == .unsatisfiedLockTime)
        // Heights and times are not compared with one another.
        #expect(error(operand: 5, sequence: time | 6) == .unsatisfiedLockTime)
        #expect(error(operand: Int64(time) | 5, sequence: 6) == .unsatisfiedLockTime)
        #expect(error(operand: Int64(time) | 5, sequence: time | 5) == nil)
        // A switched off sequence number satisfies nothing but an operand that is switched off too.
        #expect(error(operand: 5, sequence: 1 << 31 | 5) == .unsatisfiedLockTime)
        #expect(error(operand: 1 << 31 | 6, version: 1, sequence: 0xffff_ffff) == nil)
    }
}
