package import BitcoinConsensus
package import BitcoinPrimitives
internal import ByteCoding
internal import Foundation

/// A folder with block files in Core's format: `blkNNNNN.dat` with records of message start, size and block, mixed with
/// the key in `xor.dat`. Files are opened for reading only.
package final class BlockFolder {
    /// The folder.
    package let path: String
    /// Which positions it gives out.
    package let store: BlockPosition.Store
    let parameters: ChainParameters
    let obfuscation: Obfuscation
    /// The file read last: blocks are mostly read in order.
    private var openFile: (number: Int, file: ReadOnlyFile)?

    /// A folder that exists.
    ///
    /// - Throws: `system` when `xor.dat` cannot be read, `unknownFormat` when it does not hold a key.
    package init(
        path: String, store: BlockPosition.Store, parameters: ChainParameters
    ) throws(StorageError) {
        self.path = path
        self.store = store
        self.parameters = parameters
        let keyPath = path + "/xor.dat"
        guard FileManager.default.fileExists(atPath: keyPath) else {
            obfuscation = .none
            return
        }
        let bytes = try ReadOnlyFile(path: keyPath).read(at: 0, count: 9)
        guard let obfuscation = Obfuscation(bytes: bytes) else {
            throw .unknownFormat(path: keyPath, reason: "a key of 8 bytes is expected")
        }
        self.obfuscation = obfuscation
    }

    /// The numbers of the block files, in order.
    ///
    /// - Throws: `system`.
    package func fileNumbers() throws(StorageError) -> [Int] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .system(path: path, reason: error.localizedDescription)
        }
        return names.compactMap(Self.fileNumber).sorted()
    }

    /// The path of a block file.
    package func filePath(_ number: Int) -> String { filePath(number, prefix: "blk") }

    private func filePath(_ number: Int, prefix: String) -> String {
        let digits = String(number)
        return path + "/" + prefix + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".dat"
    }

    /// Reads a block and checks that it is the one with this hash.
    ///
    /// - Throws: `StorageError`.
    package func readBlock(at position: BlockPosition, hash: BlockHash) throws(StorageError) -> Block {
        let path = filePath(position.file)
        let bytes = try readBytes(at: position)
        let block: Block
        do {
            // Bytes behind the block but inside its record are ignored, as Core ignores them.
            var reader = ByteReader(bytes)
            block = try Block(from: &reader)
        } catch {
            throw .damaged(path: path, offset: position.offset, reason: "no block (\(error))")
        }
        guard block.hash == hash else {
            throw .damaged(path: path, offset: position.offset, reason: "another block (\(block.hash))")
        }
        return block
    }

    /// Reads the serialised block.
    ///
    /// - Throws: `StorageError`.
    package func readBytes(at position: BlockPosition) throws(StorageError) -> [UInt8] {
        var bytes = try file(position.file, reaching: position.offset + UInt64(position.size))
            .readExactly(at: position.offset, count: position.size)
        obfuscation.apply(to: &bytes, offset: position.offset)
        return bytes
    }

    /// An open file that reaches up to `end`: a file that has grown since is opened anew.
    private func file(_ number: Int, reaching end: UInt64) throws(StorageError) -> ReadOnlyFile {
        if let open = openFile, open.number == number, open.file.size >= end { return open.file }
        let file = try ReadOnlyFile(path: filePath(number))
        openFile = (number, file)
        return file
    }

    /// Bytes in use in an undo file, `revNNNNN.dat`: up to the end of its last record. 0 when there is none.
    ///
    /// - Throws: `system`.
    func undoBytes(_ number: Int) throws(StorageError) -> UInt64 {
        let path = filePath(number, prefix: "rev")
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        let file = try ReadOnlyFile(path: path)
        var end: UInt64 = 0
        while true {
            var bytes = try file.read(at: end, count: 8)
            obfuscation.apply(to: &bytes, offset: end)
            var reader = ByteReader(bytes)
            guard bytes.starts(with: parameters.messageStart), (try? reader.skip(4)) != nil,
                let size = try? reader.readUInt32()
            else { return end }
            // A hash of 32 bytes follows the data.
            end += 8 + UInt64(size) + 32
        }
    }

    private static func fileNumber(of name: String) -> Int? {
        guard name.hasPrefix("blk"), name.hasSuffix(".dat") else { return nil }
        let digits = name.dropFirst(3).dropLast(4)
        guard (5...9).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(digits)
    }
}
