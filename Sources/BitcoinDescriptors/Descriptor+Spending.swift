import BitcoinPrimitives
package import BitcoinScript
import ByteCoding

extension Descriptor {
    /// The kind of addresses that the descriptor gives; nil for bare scripts and `combo`.
    package var outputType: OutputType? { expression.outputType }

    /// The number of bytes of the output script; nil for `combo` and `unused`.
    package var scriptSize: Int? { expression.scriptSize }

    /// The most weight that an input's proofs can have, without the length of the input script and of the stack.
    ///
    /// A taproot output counts as spent by its key.
    ///
    /// - Parameter assumingLargeSignatures: whether signatures may have 72 bytes, as external signers make them, or
    ///   71 at most, as this program makes them.
    /// - Returns: nil when nothing is known of how to spend.
    package func maxSatisfactionWeight(assumingLargeSignatures: Bool) -> Int? {
        expression.maxSatisfactionWeight(assumingLargeSignatures ? 72 : 71)
    }

    /// The most items that the witness stack, or the input script, can have.
    package var maxSatisfactionItems: Int? { expression.maxSatisfactionItems }
}

extension ScriptExpression {
    fileprivate var outputType: OutputType? {
        switch self {
        case .pkh: .legacy
        case .wpkh, .wsh: .bech32
        case .sh(let inner): inner.outputType == .bech32 ? .p2shSegwit : .legacy
        case .tr, .rawtr: .bech32m
        case .addr(let destination): destination.outputType
        case .raw(let script): Destination(scriptPubKey: script)?.outputType
        case .pk, .combo, .multi, .multiA, .unused, .miniscript: nil
        }
    }

    fileprivate var scriptSize: Int? {
        switch self {
        case .pk(let key, let isXOnly): 1 + (isXOnly ? 32 : key.size) + 1
        case .pkh: 25
        case .wpkh: 22
        case .sh: 23
        case .wsh, .tr, .rawtr: 34
        case .multi(let threshold, let keys, _):
            1 + numberSize(keys.count) + numberSize(threshold) + keys.reduce(0) { $0 + 1 + $1.size }
        case .multiA(let threshold, let keys, _): 34 * keys.count + numberSize(threshold) + 1
        case .addr(let destination): destination.scriptPubKey.count
        case .raw(let script): script.count
        case .miniscript(let miniscript, _): miniscript.scriptSize
        case .combo, .unused: nil
        }
    }

    /// The bytes of signatures, keys and hash preimages with their lengths, whether witness or not.
    private func maxSatisfactionSize(_ signatureSize: Int) -> Int? {
        switch self {
        case .pk(_, let isXOnly): 1 + (isXOnly ? 65 : signatureSize)
        case .pkh(let key): 1 + signatureSize + 1 + key.size
        case .wpkh: 1 + signatureSize + 1 + 33
        case .multi(let threshold, _, _): 1 + (1 + signatureSize) * threshold
        case .multiA(let threshold, let keys, _): 66 * threshold + (keys.count - threshold)
        case .wsh(let inner):
            if let proofs = inner.maxSatisfactionSize(signatureSize), let script = inner.scriptSize {
                ByteWriter.compactSizeLength(UInt64(script)) + script + proofs
            } else {
                nil
            }
        case .miniscript(let miniscript, _): miniscript.maxWitnessSize
        case .combo, .sh, .tr, .rawtr, .addr, .raw, .unused: nil
        }
    }

    fileprivate func maxSatisfactionWeight(_ signatureSize: Int) -> Int? {
        switch self {
        case .pk, .pkh, .multi:
            return maxSatisfactionSize(signatureSize).map { $0 * 4 }
        case .wpkh, .wsh:
            return maxSatisfactionSize(signatureSize)
        case .sh(let inner):
            guard let proofs = inner.maxSatisfactionSize(signatureSize), let script = inner.scriptSize else {
                return nil
            }
            // The redeem script is never witness data.
            return (1 + script) * 4 + (inner.outputType == .bech32 ? proofs : proofs * 4)
        case .tr, .rawtr:
            return 1 + 65
        case .multiA, .combo, .addr, .raw, .unused, .miniscript:
            return nil
        }
    }

    fileprivate var maxSatisfactionItems: Int? {
        switch self {
        case .pk: 1
        case .pkh, .wpkh: 2
        case .multi(let threshold, _, _): 1 + threshold
        case .multiA(_, let keys, _): keys.count
        case .sh(let inner), .wsh(let inner): inner.maxSatisfactionItems.map { $0 + 1 }
        case .tr, .rawtr: 1
        case .miniscript(let miniscript, _): miniscript.maxStackSize
        case .combo, .addr, .raw, .unused: nil
        }
    }
}

/// The number of bytes of a push of a positive number.
func numberSize(_ number: Int) -> Int {
    number <= 16 ? 1 : 1 + ScriptNumber.encode(Int64(number)).count
}
