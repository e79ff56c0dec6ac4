import BitcoinCrypto
package import BitcoinPrimitives
import BitcoinScript

extension Descriptor {
    /// The descriptor of a single script: the `desc` of `getaddressinfo`, `listunspent` and decoded outputs.
    ///
    /// What the provider does not know stays as an address or as raw bytes.
    ///
    /// - Parameters:
    ///   - script: an output script.
    ///   - provider: knows public keys, origins, scripts and trees, such as those of an expansion.
    ///   - network: the network of the text.
    package static func infer(
        _ script: Script, provider: some SigningProvider = FlatSigningProvider(), on network: Network
    ) -> Descriptor {
        let inference = ScriptInference(provider: provider)
        if let expression = inference.infer(script, in: .top) { return Descriptor(expression, on: network) }
        if let destination = Destination(scriptPubKey: script), destination.address(on: network) != nil,
            destination.scriptPubKey == script
        {
            return Descriptor(.addr(destination), on: network)
        }
        return Descriptor(.raw(script), on: network)
    }
}

/// Finds expressions for scripts among what a provider knows.
struct ScriptInference {
    let provider: any SigningProvider

    /// The expression of a script in a place; nil when nothing better than its bytes is known.
    func infer(_ script: Script, in context: DescriptorParser.Context) -> ScriptExpression? {
        if context == .p2tr {
            return inferLeaf(script) ?? inferMiniscript(script, .tapscript)
        }
        if let known = inferTemplate(script.template, in: context) { return known }
        return context == .p2wsh ? inferMiniscript(script, .p2wsh) : nil
    }

    private func inferTemplate(
        _ template: ScriptTemplate, in context: DescriptorParser.Context
    ) -> ScriptExpression? {
        switch template {
        case .pubKey(let bytes):
            return key(bytes, in: context).map { .pk($0, isXOnly: false) }
        case .pubKeyHash(let hash):
            return key(named: hash, in: context).map(ScriptExpression.pkh)
        case .witnessV0KeyHash(let hash) where context != .p2wsh:
            return key(named: hash, in: .p2wpkh).map(ScriptExpression.wpkh)
        case .multisig(let threshold, let keys):
            let expressions = keys.compactMap { key($0, in: context) }
            guard expressions.count == keys.count else { return nil }
            return .multi(threshold: threshold, keys: expressions, isSorted: false)
        case .scriptHash(let hash) where context == .top:
            guard let script = provider.script(named: ScriptID(bytes: hash)) else { return nil }
            return infer(script, in: .p2sh).map(ScriptExpression.sh)
        case .witnessV0ScriptHash(let hash) where context != .p2wsh:
            guard let script = provider.script(named: ScriptID(witnessProgram: hash)) else { return nil }
            return infer(script, in: .p2wsh).map(ScriptExpression.wsh)
        case .witnessV1Taproot(let bytes) where context == .top:
            guard let outputKey = try? XOnlyPublicKey(bytes: bytes) else { return nil }
            return inferTaproot(outputKey) ?? .rawtr(key(outputKey))
        default:
            return nil
        }
    }

    private func inferTaproot(_ outputKey: XOnlyPublicKey) -> ScriptExpression? {
        guard let tree = provider.taprootTree(under: outputKey), tree.outputKey == outputKey else { return nil }
        var leaves: [ScriptExpression.TreeLeaf] = []
        for leaf in tree.leavesInCanonicalOrder {
            guard leaf.version == TaprootTree.tapscriptVersion, let expression = infer(leaf.script, in: .p2tr)
            else { return nil }
            leaves.append(ScriptExpression.TreeLeaf(depth: leaf.depth, expression: expression))
        }
        return .tr(key(tree.internalKey), leaves: leaves)
    }

    /// A single key or a multisig in tapscript.
    private func inferLeaf(_ script: Script) -> ScriptExpression? {
        guard let instructions = try? script.instructions(), instructions.count >= 2 else { return nil }
        var keys: [KeyExpression] = []
        var position = 0
        while position + 1 < instructions.count, instructions[position].opcode.rawValue == 32,
            instructions[position + 1].opcode == (keys.isEmpty ? .checkSig : .checkSigAdd),
            let coordinate = try? XOnlyPublicKey(bytes: instructions[position].data)
        {
            keys.append(key(coordinate))
            position += 2
        }
        if keys.count == 1 && position == instructions.count { return .pk(keys[0], isXOnly: true) }
        guard (1...maxPublicKeysPerMultiA).contains(keys.count), position + 2 == instructions.count,
            instructions[position + 1].opcode == .numEqual,
            let threshold = instructions[position].smallNumber(in: 1...keys.count)
        else { return nil }
        return .multiA(threshold: threshold, keys: keys, isSorted: false)
    }

    private func inferMiniscript(_ script: Script, _ context: Miniscript.Context) -> ScriptExpression? {
        var decoder = MiniscriptDecoder(context: context, inference: self)
        guard let miniscript = decoder.decode(script), miniscript.isSane else { return nil }
        return .miniscript(miniscript, keys: decoder.keys)
    }

    /// The expression of a serialised key, valid or not; nil for forms that the place does not allow.
    func key(_ bytes: [UInt8], in context: DescriptorParser.Context) -> KeyExpression? {
        guard PublicKey.hasValidSize(bytes), bytes[0] <= 4,
            bytes.count == 33 || context == .top || context == .p2sh
        else { return nil }
        return expression(bytes, isXOnly: false, origin: provider.origin(of: KeyID(bytes: HASH160.hash(bytes))))
    }

    /// The expression of a key of which the hash is known; nil when the provider does not have the key.
    func key(named hash: [UInt8], in context: DescriptorParser.Context) -> KeyExpression? {
        provider.publicKey(named: KeyID(bytes: hash)).flatMap { key($0.bytes, in: context) }
    }

    /// The expression of a key of taproot.
    func key(_ coordinate: XOnlyPublicKey) -> KeyExpression {
        expression([2] + coordinate.bytes, isXOnly: true, origin: provider.origin(of: coordinate))
    }

    /// The expression of a key of tapscript; nil when there are not 32 bytes or no point has this coordinate.
    func key(coordinate bytes: [UInt8]) -> KeyExpression? {
        (try? XOnlyPublicKey(bytes: bytes)).map { key($0) }
    }

    private func expression(_ bytes: [UInt8], isXOnly: Bool, origin: KeyOrigin?) -> KeyExpression {
        KeyExpression(index: 0, origin: origin, key: .constant(bytes, isXOnly: isXOnly), usesApostrophe: false)
    }
}
