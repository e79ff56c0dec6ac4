package import BitcoinPrimitives
package import BitcoinScript

extension ScriptFlags {
    /// The rules that the scripts of a block obey (Core's `GetBlockScriptFlags`).
    ///
    /// The rules of BIP16, BIP141 and BIP341 hold from the first block on: of all blocks before they came into force,
    /// only those that `parameters` names by their hashes break them.
    ///
    /// - Parameters:
    ///   - hash: the hash of the block.
    ///   - height: its height.
    package static func forBlock(_ hash: BlockHash, height: Int, parameters: ChainParameters) -> ScriptFlags {
        var flags = parameters.scriptFlagExceptions[hash] ?? [.p2sh, .witness, .taproot]
        if height >= parameters.bip66Height { flags.insert(.derSignatures) }
        if height >= parameters.bip65Height { flags.insert(.checkLockTimeVerify) }
        if height >= parameters.csvHeight { flags.insert(.checkSequenceVerify) }
        // BIP147 came with segregated witness, not with taproot.
        if height >= parameters.segwitHeight { flags.insert(.nullDummy) }
        return flags
    }
}
