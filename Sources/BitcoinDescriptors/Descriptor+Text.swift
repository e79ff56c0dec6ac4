package import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript

extension Descriptor: CustomStringConvertible {
    /// The descriptor without private keys and with its checksum.
    package var description: String { DescriptorChecksum.append(to: plainText) }

    /// The descriptor without private keys and without a checksum.
    package var plainText: String { expression.text(.plain, on: network)?.text ?? "" }

    /// The descriptor with private keys where a provider has them, and with its checksum: a secret.
    ///
    /// - Returns: nil for addresses and raw scripts, which have no keys; `hasPrivateKeys` tells whether there is at
    ///   least one private key in the text.
    package func privateText(provider: some SigningProvider) -> (text: String, hasPrivateKeys: Bool)? {
        guard isSolvable, let (text, isPrivate) = expression.text(.withPrivateKeys(provider), on: network) else {
            return nil
        }
        return (DescriptorChecksum.append(to: text), isPrivate)
    }

    /// The descriptor with each extended key at its last hardened step, so that nobody needs private keys to use it.
    ///
    /// - Parameters:
    ///   - provider: where private keys come from if the cache lacks a key.
    ///   - cache: keys stored earlier.
    /// - Returns: nil when a key is in neither.
    package func normalizedText(
        provider: some SigningProvider = FlatSigningProvider(), cache: DescriptorCache? = nil
    ) -> String? {
        expression.text(.normalized(provider, cache), on: network).map { DescriptorChecksum.append(to: $0.text) }
    }

    /// The descriptor with apostrophes for hardened steps, as it was always written, with its checksum.
    package var compatibleText: String {
        DescriptorChecksum.append(to: expression.text(.compatible, on: network)?.text ?? "")
    }

    /// The number that names the descriptor in wallet files: SHA-256 of `compatibleText`.
    package var id: Hash256 {
        var hasher = SHA256Hasher()
        hasher.update(Array(compatibleText.utf8))
        return hasher.finalizeHash()
    }
}

extension ScriptExpression {
    func text(_ form: KeyExpression.TextForm, on network: Network) -> (text: String, isPrivate: Bool)? {
        var isPrivate = false
        var keyTexts: [String] = []
        for key in ownKeys {
            guard let (text, isSecret) = key.text(form, on: network) else { return nil }
            keyTexts.append(text)
            if isSecret { isPrivate = true }
        }
        var innerTexts: [String] = []
        for child in children {
            guard let (text, isSecret) = child.text(form, on: network) else { return nil }
            innerTexts.append(text)
            if isSecret { isPrivate = true }
        }
        return (text(keys: keyTexts, inner: innerTexts, on: network), isPrivate)
    }

    private func text(keys: [String], inner: [String], on network: Network) -> String {
        switch self {
        case .pk, .pkh, .wpkh, .combo, .rawtr, .unused, .sh, .wsh:
            return "\(name)(\((keys + inner).joined(separator: ",")))"
        case .multi(let threshold, _, _), .multiA(let threshold, _, _):
            return "\(name)(\(threshold),\(keys.joined(separator: ",")))"
        case .tr(_, let leaves):
            return "tr(\(keys[0])\(Self.treeText(leaves.map(\.depth), inner)))"
        case .addr(let destination):
            return "addr(\(destination.address(on: network) ?? ""))"
        case .raw(let script):
            return "raw(\(script.hex))"
        case .miniscript(let miniscript, _):
            return miniscript.text(keys: keys)
        }
    }

    /// Leaves with braces around each branch, and a comma in front if there are any.
    private static func treeText(_ depths: [Int], _ leaves: [String]) -> String {
        guard !leaves.isEmpty else { return "" }
        var text = ","
        // For every open branch whether its right half has begun.
        var path: [Bool] = []
        for (position, (depth, leaf)) in zip(depths, leaves).enumerated() {
            if position > 0 { text += "," }
            while path.count < depth {
                text += "{"
                path.append(false)
            }
            text += leaf
            while path.last == true {
                text += "}"
                path.removeLast()
            }
            if !path.isEmpty { path[path.count - 1] = true }
        }
        return text
    }
}
