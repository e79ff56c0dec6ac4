package import BitcoinCrypto

/// The tree of scripts that a taproot output commits to (BIP341).
package enum Taproot {
    /// The part of a control block's first byte that is the leaf version.
    static let leafVersionMask: UInt8 = 0xfe
    /// The leaf version of tapscript.
    static let tapscriptLeafVersion: UInt8 = 0xc0
    /// The bytes of a control block without the path.
    static let controlBaseSize = 33
    /// The most hashes in the path.
    static let maxPathLength = 128
    /// The first byte of an annex.
    static let annexTag: UInt8 = 0x50
    /// How much weight a signature check in a tapscript uses up.
    static let validationWeightPerSignature = 50
    /// How much weight every tapscript has besides the size of its witness.
    static let validationWeightOffset = 50

    /// The hash of a leaf.
    package static func leafHash(version: UInt8, script: ArraySlice<UInt8>) -> Hash256 {
        var hasher = leafHasher
        hasher.update(littleEndian: version)
        hasher.update(compactSize: script.count)
        hasher.update(script)
        return hasher.finalizeHash()
    }

    /// The hash of two nodes, the smaller one first.
    package static func branchHash(_ one: Hash256, _ other: Hash256) -> Hash256 {
        var hasher = branchHasher
        let inOrder = one.precedesInByteOrder(other)
        hasher.update(inOrder ? one : other)
        hasher.update(inOrder ? other : one)
        return hasher.finalizeHash()
    }

    /// Whether a control block has a size that one can have.
    static func hasValidSize(control: ArraySlice<UInt8>) -> Bool {
        let path = control.count - controlBaseSize
        return path >= 0 && path % 32 == 0 && path / 32 <= maxPathLength
    }

    /// Whether an output key commits to a leaf at the place that a control block of valid size says.
    static func isCommitted(
        leaf: Hash256, control: ArraySlice<UInt8>, program: ArraySlice<UInt8>
    ) -> Bool {
        guard let first = control.first else { return false }
        let internalKey = control.dropFirst().prefix(32)
        var path = control.dropFirst(controlBaseSize)
        var root = leaf
        while let node = Hash256(bytes: path.prefix(32)) {
            root = branchHash(root, node)
            path = path.dropFirst(32)
        }
        return XOnlyPublicKey.isTweaked(
            output: program, from: internalKey, merkleRoot: root, isOdd: first & 1 == 1)
    }

    private static let leafHasher = TaggedHash.hasher(tag: "TapLeaf")
    private static let branchHasher = TaggedHash.hasher(tag: "TapBranch")
}
