package import BitcoinCrypto

/// The binary hash tree over a block's transactions.
package enum MerkleTree {
    /// The root of the tree over `leaves`, and whether two neighbours at some level are the same.
    ///
    /// Levels of odd length repeat their last hash, so a list with repeated transactions can have the root of a shorter
    /// one (CVE-2012-2459). `isMutated` tells such lists: a block with it is rejected but its hash not remembered as
    /// invalid. No leaves have the zero root.
    package static func root(of leaves: [Hash256]) -> (root: Hash256, isMutated: Bool) {
        var level = leaves
        var isMutated = false
        while level.count > 1 {
            for pair in stride(from: 0, to: level.count - 1, by: 2) where level[pair] == level[pair + 1] {
                isMutated = true
            }
            if level.count % 2 == 1 { level.append(level[level.count - 1]) }
            level = stride(from: 0, to: level.count, by: 2).map { SHA256d.hash(level[$0], level[$0 + 1]) }
        }
        return (level.first ?? .zero, isMutated)
    }

    /// The hashes that lead from the first leaf to the root, lowest level first: a coinbase's merkle branch.
    package static func branchOfFirst(in leaves: [Hash256]) -> [Hash256] {
        var branch: [Hash256] = []
        var level = leaves
        while level.count > 1 {
            if level.count % 2 == 1 { level.append(level[level.count - 1]) }
            branch.append(level[1])
            level = stride(from: 0, to: level.count, by: 2).map { SHA256d.hash(level[$0], level[$0 + 1]) }
        }
        return branch
    }
}
