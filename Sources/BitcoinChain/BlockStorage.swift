package import BitcoinConsensus
package import BitcoinPrimitives
internal import Foundation

/// The data of all blocks: Core's files, read only, and this node's own.
package final class BlockStorage {
    private let core: BlockFolder?
    private let own: OwnBlockFolder?

    /// - Parameters:
    ///   - coreFolder: the `blocks` folder that Core writes; one that does not exist counts as empty.
    ///   - ownFolder: the folder for new blocks, made when missing; `nil` to keep none.
    ///   - parameters: the network's parameters.
    ///   - maximumFileSize: bytes after which a new own file is begun.
    /// - Throws: `StorageError`.
    package init(
        coreFolder: String?, ownFolder: String?, parameters: ChainParameters, maximumFileSize: UInt64 = 1 << 27
    ) throws(StorageError) {
        if let coreFolder, FileManager.default.fileExists(atPath: coreFolder) {
            core = try BlockFolder(path: coreFolder, store: .core, parameters: parameters)
        } else {
            core = nil
        }
        if let ownFolder {
            own = try OwnBlockFolder(path: ownFolder, parameters: parameters, maximumFileSize: maximumFileSize)
        } else {
            own = nil
        }
    }

    /// The folders there are, Core's first.
    package var folders: [BlockFolder] { [core, own?.folder].compactMap(\.self) }

    /// Whether new blocks can be kept.
    package var canStore: Bool { own != nil }

    /// Reads a block.
    ///
    /// - Throws: `StorageError`; `missing` when nothing is stored for it.
    package func readBlock(_ block: BlockIndex) throws(StorageError) -> Block {
        guard let position = block.position, let folder = folder(of: position.store) else {
            throw .missing(block: block.hash.description)
        }
        return try folder.readBlock(at: position, hash: block.hash)
    }

    /// Reads the serialised block as it lies in the file.
    ///
    /// - Throws: `StorageError`; `missing` when nothing is stored for it.
    package func readBytes(_ block: BlockIndex) throws(StorageError) -> [UInt8] {
        guard let position = block.position, let folder = folder(of: position.store) else {
            throw .missing(block: block.hash.description)
        }
        return try folder.readBytes(at: position)
    }

    /// Sum of the sizes of all block files in bytes, with what is allocated ahead.
    var bytesOnDisk: UInt64 {
        var total: UInt64 = 0
        for folder in folders {
            for number in (try? folder.fileNumbers()) ?? [] {
                let attributes = try? FileManager.default.attributesOfItem(atPath: folder.filePath(number))
                total += (attributes?[.size] as? UInt64) ?? 0
            }
        }
        return total
    }

    /// Writes a new block to this node's own files.
    ///
    /// - Throws: `StorageError`.
    func append(_ block: Block) throws(StorageError) -> BlockPosition {
        guard let own else { throw .missing(block: block.hash.description) }
        return try own.append(block)
    }

    /// Goes on writing after the last good record of an own file.
    func resume(file number: Int, at end: UInt64) throws(StorageError) {
        try own?.resume(file: number, at: end)
    }

    private func folder(of store: BlockPosition.Store) -> BlockFolder? {
        switch store {
        case .core: core
        case .own: own?.folder
        }
    }
}
