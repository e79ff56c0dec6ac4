import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding

extension DescriptorParser {
    /// Reads a key with its origin. A path with several alternatives (BIP389) gives one expression for each.
    mutating func parseKey(_ text: TextSlice, in context: Context) throws(DescriptorError) -> [KeyExpression] {
        if text.begins(with: "musig(") { throw .key("musig() key expressions are not supported") }
        let parts = text.parts(separatedBy: "]")
        guard parts.count <= 2 else { throw .key("Multiple ']' characters found for a single pubkey") }
        guard parts.count == 2 else { return try parseKey(parts[0], origin: nil, usesApostrophe: false, in: context) }
        guard parts[0].begins(with: "[") else {
            let found = parts[0].isEmpty ? "]" : parts[0].firstCharacter
            throw .key("Key origin start '[ character expected but not found, got '\(found)' instead")
        }
        let steps = parts[0].dropFirst().parts(separatedBy: "/")
        guard steps[0].count == 8 else {
            throw .key("Fingerprint is not 4 bytes (\(steps[0].count) characters instead of 8 characters)")
        }
        guard let fingerprint = KeyFingerprint(hex: steps[0].text) else {
            throw .key("Fingerprint '\(steps[0].text)' is not hex")
        }
        var usesApostrophe = false
        let path = try Self.parsePath(
            Array(steps.dropFirst()), allowingAlternatives: false, usesApostrophe: &usesApostrophe)
        let origin = KeyOrigin(fingerprint: fingerprint, path: path[0])
        return try parseKey(parts[1], origin: origin, usesApostrophe: usesApostrophe, in: context)
    }

    private mutating func parseKey(
        _ text: TextSlice, origin: KeyOrigin?, usesApostrophe: Bool, in context: Context
    ) throws(DescriptorError) -> [KeyExpression] {
        var steps = text.parts(separatedBy: "/")
        let keyText = steps.removeFirst()
        guard let first = keyText.first, let last = keyText.last else { throw .key("No key provided") }
        if Self.isSpace(first) || Self.isSpace(last) {
            throw .key("Key '\(Self.redacted(keyText))' is invalid due to whitespace")
        }
        if steps.isEmpty, let key = try parseConstantKey(keyText, in: context) {
            return [expression(key, origin, usesApostrophe)]
        }
        var usesApostrophe = usesApostrophe
        let root = try parseExtendedKey(keyText)
        let range = Self.takeRange(&steps, usesApostrophe: &usesApostrophe)
        let paths = try Self.parsePath(steps, allowingAlternatives: true, usesApostrophe: &usesApostrophe)
        defer { nextKeyIndex += 1 }
        return paths.map { path in
            KeyExpression(
                index: nextKeyIndex, origin: origin, key: .extended(root, path: path, range: range),
                usesApostrophe: usesApostrophe)
        }
    }

    private mutating func expression(
        _ key: KeyExpression.Key, _ origin: KeyOrigin?, _ usesApostrophe: Bool
    ) -> KeyExpression {
        defer { nextKeyIndex += 1 }
        return KeyExpression(index: nextKeyIndex, origin: origin, key: key, usesApostrophe: usesApostrophe)
    }

    /// A key in hexadecimal digits or wallet import format; nil if the text is neither.
    private mutating func parseConstantKey(
        _ text: TextSlice, in context: Context
    ) throws(DescriptorError) -> KeyExpression.Key? {
        let allowsUncompressed = context == .top || context == .p2sh
        if let bytes = try? Hex.decode(text.text) {
            if PublicKey.hasValidSize(bytes) && bytes[0] > 4 { throw .key("Hybrid public keys are not allowed") }
            if let key = try? PublicKey(bytes: bytes) {
                guard key.isCompressed || allowsUncompressed else { throw .key("Uncompressed keys are not allowed") }
                return .constant(bytes, isXOnly: false)
            }
            if context == .p2tr, let key = try? XOnlyPublicKey(bytes: bytes) {
                return .constant([2] + key.bytes, isXOnly: true)
            }
            throw .key("Pubkey '\(text.text)' is invalid")
        }
        guard let key = try? PrivateKey(walletImportFormat: text.text, on: network) else { return nil }
        guard key.isCompressed || allowsUncompressed else { throw .key("Uncompressed keys are not allowed") }
        let publicKey = key.publicKey
        privateKeys[KeyID(of: publicKey)] = key
        return .constant(publicKey.bytes, isXOnly: context == .p2tr)
    }

    private mutating func parseExtendedKey(_ text: TextSlice) throws(DescriptorError) -> ExtendedPublicKey {
        if let key = try? ExtendedPrivateKey(text: text.text, on: network) {
            let root = key.neutered
            privateKeys[KeyID(of: root.publicKey)] = key.privateKey
            return root
        }
        if let key = try? ExtendedPublicKey(text: text.text, on: network) { return key }
        throw .key("key '\(Self.redacted(text))' is not valid")
    }

    /// Takes the last step off if it stands for the index.
    private static func takeRange(_ steps: inout [TextSlice], usesApostrophe: inout Bool) -> KeyExpression.Range {
        switch steps.last?.text {
        case "*":
            steps.removeLast()
            return .unhardened
        case "*'", "*h":
            usesApostrophe = steps.removeLast().last == UInt8(ascii: "'")
            return .hardened
        default:
            return .none
        }
    }

    /// Reads the steps of a path; several alternatives in one step give several paths.
    private static func parsePath(
        _ steps: [TextSlice], allowingAlternatives: Bool, usesApostrophe: inout Bool
    ) throws(DescriptorError) -> [[UInt32]] {
        var path: [UInt32] = []
        var alternatives: (position: Int, steps: [UInt32])?
        for step in steps {
            guard step.first == UInt8(ascii: "<"), step.last == UInt8(ascii: ">") else {
                path.append(try parseStep(step, usesApostrophe: &usesApostrophe))
                continue
            }
            guard allowingAlternatives else {
                throw .key(
                    "Key path value '\(step.text)' specifies multipath in a section where multipath is not allowed")
            }
            guard alternatives == nil else { throw .key("Multiple multipath key path specifiers found") }
            let choices = step.dropFirst().dropLast().parts(separatedBy: ";")
            guard choices.count >= 2 else { throw .key("Multipath key path specifiers must have at least two items") }
            var values: [UInt32] = []
            var seen: Set<UInt32> = []
            for choice in choices {
                let value = try parseStep(choice, usesApostrophe: &usesApostrophe)
                guard seen.insert(value).inserted else {
                    throw .key("Duplicated key path value \(value) in multipath specifier")
                }
                values.append(value)
            }
            alternatives = (path.count, values)
            path.append(0)
        }
        guard let alternatives else { return [path] }
        return alternatives.steps.map { step in
            var path = path
            path[alternatives.position] = step
            return path
        }
    }

    private static func parseStep(_ text: TextSlice, usesApostrophe: inout Bool) throws(DescriptorError) -> UInt32 {
        guard let last = text.last else { throw .key("Key path value '' is not valid") }
        let isHardened = last == UInt8(ascii: "'") || last == UInt8(ascii: "h")
        guard let number = (isHardened ? text.dropLast() : text).decimal(max: Int64(UInt32.max)) else {
            throw .key("Key path value '\(text.text)' is not a valid uint32")
        }
        guard number < Int64(hardenedBit) else { throw .key("Key path value \(number) is out of range") }
        if isHardened { usesApostrophe = last == UInt8(ascii: "'") }
        return UInt32(number) | (isHardened ? hardenedBit : 0)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
