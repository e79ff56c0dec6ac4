package import BitcoinCrypto

/// The basic filter of a block (BIP158): the locking scripts that it makes and spends, so that a wallet can tell
/// whether the block matters without having it.
package struct BlockFilter: Equatable, Sendable {
    /// The block.
    package let blockHash: BlockHash
    /// The scripts.
    package let scripts: GolombCodedSet

    /// The filter of a block.
    ///
    /// - Parameters:
    ///   - block: the block.
    ///   - spentScripts: the locking scripts of the coins that it spends.
    package init(_ block: Block, spending spentScripts: some Sequence<Script>) {
        blockHash = block.hash
        var elements: Set<[UInt8]> = []
        for output in block.transactions.lazy.flatMap(\.outputs) {
            // OP_RETURN: nobody can spend these.
            guard let first = output.scriptPubKey.slice.first, first != 0x6a else { continue }
            elements.insert(output.scriptPubKey.bytes)
        }
        for script in spentScripts where !script.isEmpty { elements.insert(script.bytes) }
        scripts = GolombCodedSet(elements, .init(basicFilterOf: block.hash))
    }

    /// Takes a filter from its bytes.
    ///
    /// - Throws: `GolombCodedSet.Failure` when they are no filter.
    package init(of blockHash: BlockHash, decoding bytes: [UInt8]) throws(GolombCodedSet.Failure) {
        self.blockHash = blockHash
        scripts = try GolombCodedSet(decoding: bytes, .init(basicFilterOf: blockHash))
    }

    /// The filter's bytes.
    package var encoded: [UInt8] { scripts.encoded }

    /// The hash of the filter's bytes.
    package var hash: Hash256 { SHA256d.hash(encoded) }

    /// The filter's header, which commits to all filters before it.
    ///
    /// - Parameter previous: the header of the filter before; zero for the first block's.
    package func header(after previous: Hash256) -> Hash256 { SHA256d.hash(hash, previous) }
}
