internal import BitcoinConsensus
package import BitcoinPrimitives

/// All blocks whose headers are known, as a tree that grows from the first block.
package final class BlockTree {
    /// The first block.
    package let genesis: BlockIndex
    /// The header with the most work that is not known to be bad; the first seen of equals.
    package private(set) var bestHeader: BlockIndex
    private var nodes: [BlockHash: BlockIndex]
    /// Neighbouring headers mostly share their bits, and the division behind a proof is slow.
    private var lastProof: (bits: UInt32, proof: UInt256)

    /// A tree with nothing but the first block.
    package init(genesis header: BlockHeader) {
        let proof = CompactTarget(rawValue: header.bits).proof
        genesis = BlockIndex(header: header, parent: nil, proof: proof)
        bestHeader = genesis
        nodes = [header.hash: genesis]
        lastProof = (header.bits, proof)
    }

    deinit {
        for node in nodes.values { node.unlink() }
    }

    /// The number of blocks.
    package var count: Int { nodes.count }

    /// All blocks, in no order.
    package var blocks: some Collection<BlockIndex> { nodes.values }

    /// The block with this hash.
    package subscript(hash: BlockHash) -> BlockIndex? { nodes[hash] }

    /// Adds a header that follows `parent`, or returns the node that is there already.
    func insert(_ header: BlockHeader, after parent: BlockIndex) -> BlockIndex {
        if let known = nodes[header.hash] { return known }
        if lastProof.bits != header.bits {
            lastProof = (header.bits, CompactTarget(rawValue: header.bits).proof)
        }
        let node = BlockIndex(header: header, parent: parent, proof: lastProof.proof)
        node.failure = parent.failure.map { _ in ConsensusFailure(.badPreviousBlock) }
        nodes[header.hash] = node
        if node.failure == nil, node.chainWork > bestHeader.chainWork { bestHeader = node }
        return node
    }

    /// Marks a block as invalid, and everything that follows it.
    ///
    /// - Returns: all blocks that are marked now and were not before.
    /// - Complexity: walks over all blocks; bad blocks are rare.
    func markInvalid(_ block: BlockIndex, _ failure: ConsensusFailure) -> [BlockIndex] {
        block.failure = failure
        var marked = [block]
        for node in nodes.values where node.height > block.height && node.failure == nil {
            guard node.ancestor(at: block.height) === block else { continue }
            node.failure = ConsensusFailure(.badPreviousBlock)
            marked.append(node)
        }
        if bestHeader.failure != nil { findBestHeader() }
        return marked
    }

    /// Takes the marks from a block, from those before it and from those that follow it.
    ///
    /// - Returns: all blocks that were marked.
    func clearInvalid(_ block: BlockIndex) -> [BlockIndex] {
        var cleared: [BlockIndex] = []
        for node in nodes.values where node.failure != nil {
            let isRelated =
                node.height >= block.height
                ? node.ancestor(at: block.height) === block : block.ancestor(at: node.height) === node
            guard isRelated else { continue }
            node.failure = nil
            cleared.append(node)
        }
        findBestHeader()
        return cleared
    }

    private func findBestHeader() {
        bestHeader = nodes.values.reduce(genesis) { best, node in
            guard node.failure == nil, node.chainWork > best.chainWork else { return best }
            return node
        }
    }

    /// The last block that both chains share.
    package func lastCommonAncestor(_ first: BlockIndex, _ second: BlockIndex) -> BlockIndex {
        let height = min(first.height, second.height)
        guard var left = first.ancestor(at: height), var right = second.ancestor(at: height) else { return genesis }
        while left !== right {
            guard let leftParent = left.parent, let rightParent = right.parent else { return genesis }
            (left, right) = (leftParent, rightParent)
        }
        return left
    }
}
