package import BitcoinPrimitives

/// The path from the first block to the tip (Core's `CChain`).
package struct ActiveChain {
    private var blocks: [BlockIndex]

    init(genesis: BlockIndex) {
        blocks = [genesis]
    }

    /// The last block.
    package var tip: BlockIndex { blocks[blocks.count - 1] }

    /// The height of the last block.
    package var height: Int { blocks.count - 1 }

    /// The block at `height`; `nil` outside 0...`self.height`.
    package subscript(height: Int) -> BlockIndex? {
        blocks.indices.contains(height) ? blocks[height] : nil
    }

    /// Whether `block` lies on the path.
    package func contains(_ block: BlockIndex) -> Bool {
        self[block.height] === block
    }

    /// The block after `block` on the path.
    package func next(after block: BlockIndex) -> BlockIndex? {
        contains(block) ? self[block.height + 1] : nil
    }

    /// The last block on the path that `block` descends from, possibly itself.
    package func findFork(of block: BlockIndex) -> BlockIndex {
        var node: BlockIndex? = block.ancestor(at: min(block.height, height))
        while let candidate = node, !contains(candidate) { node = candidate.parent }
        return node ?? blocks[0]
    }

    /// The first block at `height` or later for which it or an earlier block has at least `time`, in Unix seconds
    /// (Core's `FindEarliestAtLeast`).
    package func findEarliest(atLeast time: Int64, height: Int) -> BlockIndex? {
        // The latest time never falls along the path, so this is a search in a sorted list.
        var low = max(height, 0)
        var high = blocks.count
        while low < high {
            let middle = (low + high) / 2
            if Int64(blocks[middle].latestTime) < time { low = middle + 1 } else { high = middle }
        }
        return self[low]
    }

    /// Hashes from `block` backwards in growing steps (Core's `GetLocator`).
    package static func locator(of block: BlockIndex) -> BlockLocator {
        var hashes: [BlockHash] = []
        var step = 1
        var node: BlockIndex? = block
        while let current = node {
            hashes.append(current.hash)
            if current.height == 0 { break }
            node = current.ancestor(at: max(current.height - step, 0))
            if hashes.count > 10 { step *= 2 }
        }
        return BlockLocator(hashes: hashes)
    }

    /// The first block on the path, from the beginning, that fulfils a condition.
    func first(where condition: (BlockIndex) -> Bool) -> BlockIndex? { blocks.first(where: condition) }

    /// Makes `block` the tip, whatever the path was.
    mutating func setTip(_ block: BlockIndex) {
        var path: [BlockIndex] = []
        path.reserveCapacity(block.height + 1)
        var node: BlockIndex? = block
        while let current = node {
            path.append(current)
            node = current.parent
        }
        blocks = path.reversed()
    }

    /// Moves the tip one block on.
    mutating func append(_ block: BlockIndex) {
        precondition(block.parent === tip, "the block follows another one")
        blocks.append(block)
    }

    /// Moves the tip one block back; the first block stays.
    mutating func removeLast() {
        if blocks.count > 1 { blocks.removeLast() }
    }
}
