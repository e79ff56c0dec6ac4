/// The forms that signatures and public keys in scripts may have, judged by their bytes alone.
enum SignatureEncoding {
    /// Checks a signature with its hash type as the flags demand. The empty one is always good: it is the shortest way
    /// to give a wrong signature.
    static func check(_ signature: StackItem, isLowS: (StackItem) -> Bool, flags: ScriptFlags) throws(ScriptError) {
        guard !signature.isEmpty else { return }
        if !flags.isDisjoint(with: [.derSignatures, .lowS, .strictEncoding]) && !isStrictDER(signature) {
            throw .signatureDER
        }
        if flags.contains(.lowS) && !isLowS(signature.dropLast()) { throw .signatureHighS }
        if flags.contains(.strictEncoding) && !hasDefinedHashType(signature) { throw .signatureHashType }
    }

    /// Checks a public key as the flags demand.
    static func check(publicKey: StackItem, version: SignatureVersion, flags: ScriptFlags) throws(ScriptError) {
        if flags.contains(.strictEncoding) && !isCompressed(publicKey) && !isUncompressed(publicKey) {
            throw .publicKeyType
        }
        if flags.contains(.witnessPublicKeyType) && version == .witnessV0 && !isCompressed(publicKey) {
            throw .witnessPublicKeyType
        }
    }

    /// Whether the bytes are a DER signature in the only form that BIP66 allows, with a hash type behind.
    static func isStrictDER(_ bytes: ArraySlice<UInt8>) -> Bool {
        // 30 [total length] 02 [length of R] [R] 02 [length of S] [S] [hash type]
        let start = bytes.startIndex
        guard (9...73).contains(bytes.count), bytes[start] == 0x30, Int(bytes[start + 1]) == bytes.count - 3 else {
            return false
        }
        let rCount = Int(bytes[start + 3])
        guard 5 + rCount < bytes.count else { return false }
        let sCount = Int(bytes[start + 5 + rCount])
        guard rCount + sCount + 7 == bytes.count else { return false }
        let middle = start + 4 + rCount
        return isInteger(bytes[(start + 2)..<middle]) && isInteger(bytes[middle..<(middle + 2 + sCount)])
    }

    /// Whether a DER integer is positive and has no needless zero in front. The slice holds tag, length and number.
    private static func isInteger(_ bytes: ArraySlice<UInt8>) -> Bool {
        let number = bytes.dropFirst(2)
        guard bytes.first == 0x02, let first = number.first, first & 0x80 == 0 else { return false }
        return !(number.count > 1 && first == 0 && number[number.startIndex + 1] & 0x80 == 0)
    }

    private static func hasDefinedHashType(_ signature: StackItem) -> Bool {
        guard let last = signature.last else { return false }
        return (1...3).contains(last & ~0x80)
    }

    private static func isCompressed(_ key: StackItem) -> Bool {
        key.count == 33 && (key.first == 2 || key.first == 3)
    }

    private static func isUncompressed(_ key: StackItem) -> Bool {
        key.count == 65 && key.first == 4
    }
}
