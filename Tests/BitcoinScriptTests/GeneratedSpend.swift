import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import TestData

/// A transaction under construction, one input of which is of interest.
struct GeneratedSpend {
    /// What it began as, for counting.
    var kind = ""
    var version: UInt32
    var lockTime: UInt32
    var inputs: [TransactionInput]
    var outputs: [TransactionOutput]
    var spent: [TransactionOutput]
    var input: Int

    var transaction: Transaction {
        Transaction(version: version, inputs: inputs, outputs: outputs, lockTime: lockTime)
    }

    var data: PrecomputedTransactionData { PrecomputedTransactionData(transaction, spending: spent) }

    /// Everything that is needed to repeat the case, as text.
    func description(_ flags: ScriptFlags) -> String {
        var writer = ByteWriter()
        for output in spent { output.encode(to: &writer) }
        let spending = Hex.encode(transaction.encoded())
        return "input \(input) flags \(flags.names) tx \(spending) spent \(Hex.encode(writer.bytes))"
    }
}

/// Damage of all kinds.
extension GeneratedSpend {
    mutating func mutate(_ random: inout SeededGenerator) {
        switch random.number(0..<16) {
        case 0...2: inputs[input].scriptSig.bytes.mutate(&random)
        case 3...6: mutateWitness(&random)
        case 7, 8: spent[input].scriptPubKey.bytes.mutate(&random)
        case 9: spent[input].value = random.chance(50) ? spent[input].value + 1 : Amount(random.number(0..<1_000_000))
        case 10: inputs[random.number(0..<inputs.count)].sequence = random.sequence()
        case 11: lockTime = random.chance(50) ? lockTime &+ 1 : UInt32(truncatingIfNeeded: random.next())
        case 12: version = random.one(of: [0, 1, 2, 3, 0xffff_ffff, 0x8000_0000])
        case 13:
            if outputs.isEmpty || random.chance(20) {
                outputs.append(random.output())
            } else if random.chance(30) {
                outputs.removeLast()
            } else {
                outputs[random.number(0..<outputs.count)] = random.output()
            }
        case 14: spent[random.number(0..<spent.count)] = random.output()
        default:
            let items = inputs[input].witness
            inputs[input].witness = random.chance(50) ? [] : items + [[0x50] + random.bytes(random.number(0..<4))]
        }
    }

    private mutating func mutateWitness(_ random: inout SeededGenerator) {
        var items = inputs[input].witness
        defer { inputs[input].witness = items }
        guard !items.isEmpty else {
            if random.chance(20) { items = [random.bytes(random.number(0..<40))] }
            return
        }
        let position = random.number(0..<items.count)
        switch random.number(0..<9) {
        case 0...3: items[position].mutate(&random)
        case 4: items.remove(at: position)
        case 5: items.insert(items[random.number(0..<items.count)], at: position)
        case 6: items.swapAt(position, random.number(0..<items.count))
        case 7: items.insert(random.bytes(random.one(of: [0, 1, 2, 20, 32, 33, 64, 65, 520, 521])), at: position)
        default: items[position] = random.one(of: [[], [1], [0], [0x80], [2], [1, 0]])
        }
    }
}

extension [UInt8] {
    /// Changes, adds or takes away a few bytes.
    mutating func mutate(_ random: inout SeededGenerator) {
        guard !isEmpty else {
            append(random.byte())
            return
        }
        let position = random.number(0..<count)
        switch random.number(0..<8) {
        case 0, 1: self[position] ^= 1 << UInt8(random.number(0..<8))
        case 2: self[position] = random.byte()
        case 3: remove(at: position)
        case 4: insert(random.byte(), at: position)
        case 5: insert(random.opcode(), at: position)
        case 6: removeLast(count - position)
        default: append(random.opcode())
        }
    }
}

extension SeededGenerator {
    mutating func sequence() -> UInt32 {
        switch number(0..<6) {
        case 0: 0xffff_ffff
        case 1: 0xffff_fffe
        case 2: UInt32(number(0..<20))
        case 3: 1 << 22 | UInt32(number(0..<20))
        case 4: 1 << 31 | UInt32(number(0..<20))
        default: UInt32(truncatingIfNeeded: next())
        }
    }

    mutating func output() -> TransactionOutput {
        TransactionOutput(value: Amount(number(0..<100_000_000)), scriptPubKey: Script(bytes(number(0..<40))))
    }

    /// An opcode that means something, most of the time.
    mutating func opcode() -> UInt8 {
        chance(90) ? UInt8(number(0x4f..<0xbb)) : byte()
    }
}
