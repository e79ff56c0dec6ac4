package import BitcoinCrypto
package import BitcoinPrimitives
import ByteCoding

/// A taproot output taken apart: the internal key and the scripts it commits to (BIP341).
package struct TaprootTree: Hashable, Sendable {
    /// One script of the tree.
    package struct Leaf: Hashable, Sendable {
        /// How many branches lie between the root and the leaf, up to 128.
        package let depth: Int
        /// The script.
        package let script: Script
        /// The version of the script's language, an even number; 0xc0 is tapscript.
        package let version: UInt8
        /// What a witness shows to spend by this script: version and parity, internal key, path to the root.
        package let controlBlock: [UInt8]
    }

    /// The key that can spend without a script.
    package let internalKey: XOnlyPublicKey
    /// The root of the tree; nil without scripts.
    package let merkleRoot: Hash256?
    /// The key in the output.
    package let outputKey: XOnlyPublicKey
    /// Whether the output key's y is odd.
    package let isOutputKeyOdd: Bool
    /// The scripts, in the order of a walk from left to right.
    package let leaves: [Leaf]

    /// The version of BIP342.
    package static let tapscriptVersion: UInt8 = 0xc0
    /// The most branches above a leaf.
    package static let maxDepth = 128

    /// Builds the output of a key and scripts.
    ///
    /// - Parameter leaves: scripts with their depth, from left to right; depths that form no binary tree give nil.
    package init?(internalKey: XOnlyPublicKey, leaves: [(depth: Int, script: Script)]) {
        guard let nodes = Self.collapse(leaves),
            let (outputKey, isOdd) = try? internalKey.taprootOutputKey(merkleRoot: nodes?.hash)
        else { return nil }
        self.internalKey = internalKey
        self.outputKey = outputKey
        isOutputKeyOdd = isOdd
        merkleRoot = nodes?.hash
        let first = Self.tapscriptVersion | (isOdd ? 1 : 0)
        self.leaves = (nodes?.paths ?? []).enumerated().map { position, path in
            Leaf(
                depth: leaves[position].depth, script: leaves[position].script, version: Self.tapscriptVersion,
                controlBlock: [first] + internalKey.bytes + path.flatMap(\.bytes))
        }
    }

    /// The hash of one leaf.
    package static func leafHash(of script: Script, version: UInt8 = tapscriptVersion) -> Hash256 {
        var writer = ByteWriter(capacity: script.count + 4)
        writer.writeUInt8(version)
        writer.writeSizedBytes(script.bytes)
        return TaggedHash.hash(tag: "TapLeaf", writer.bytes)
    }

    /// The hash of a branch; the order of its halves does not matter.
    package static func branchHash(_ left: Hash256, _ right: Hash256) -> Hash256 {
        let ordered = right.precedesInByteOrder(left) ? right.bytes + left.bytes : left.bytes + right.bytes
        return TaggedHash.hash(tag: "TapBranch", ordered)
    }

    /// A subtree: its hash and, for each leaf below, the partners on the way up.
    private struct Node {
        var hash: Hash256
        var paths: [[Hash256]]
    }

    /// Joins neighbours of equal depth until the root is left. The outer nil means "no tree", the inner "no leaves".
    private static func collapse(_ leaves: [(depth: Int, script: Script)]) -> Node?? {
        var open: [(depth: Int, node: Node)] = []
        for (depth, script) in leaves {
            guard (0...maxDepth).contains(depth) else { return .none }
            var depth = depth
            var node = Node(hash: leafHash(of: script), paths: [[]])
            while let last = open.last, last.depth == depth {
                guard depth > 0 else { return .none }
                open.removeLast()
                node = Node(
                    hash: branchHash(last.node.hash, node.hash),
                    paths: last.node.paths.map { $0 + [node.hash] } + node.paths.map { $0 + [last.node.hash] })
                depth -= 1
            }
            if let last = open.last, last.depth > depth { return .none }
            open.append((depth, node))
        }
        guard let root = open.first else { return .some(nil) }
        return open.count == 1 && root.depth == 0 ? .some(root.node) : .none
    }
}

extension TaprootTree {
    /// The leaves in the order in which Core shows an inferred tree: at every branch the half with the smallest
    /// script comes first, since Core rebuilds the tree from a sorted table of scripts.
    package var leavesInCanonicalOrder: [Leaf] {
        var open: [(depth: Int, leaves: [Leaf], smallest: Leaf)] = []
        for leaf in leaves {
            var node = (depth: leaf.depth, leaves: [leaf], smallest: leaf)
            while let last = open.last, last.depth == node.depth, node.depth > 0 {
                open.removeLast()
                let isLastFirst = !node.smallest.precedes(last.smallest)
                node = (
                    node.depth - 1, isLastFirst ? last.leaves + node.leaves : node.leaves + last.leaves,
                    isLastFirst ? last.smallest : node.smallest
                )
            }
            open.append(node)
        }
        return open.flatMap(\.leaves)
    }
}

extension TaprootTree.Leaf {
    /// By script, version, length of the control block and its bytes.
    fileprivate func precedes(_ other: Self) -> Bool {
        if script != other.script { return script.bytes.lexicographicallyPrecedes(other.script.bytes) }
        if version != other.version { return version < other.version }
        if controlBlock.count != other.controlBlock.count { return controlBlock.count < other.controlBlock.count }
        return controlBlock.lexicographicallyPrecedes(other.controlBlock)
    }
}
