package import BitcoinConsensus
internal import Foundation

/// A folder with block files in Core's format: `blkNNNNN.dat` with records of message start, size and block, mixed with
/// the key in `xor.dat`, to walk over. Files are opened for reading only.
package final class BlockFolder: Sendable {
    /// The folder.
    package let path: String
    let parameters: ChainParameters
    let obfuscation: Obfuscation

    /// A folder that exists.
    ///
    /// - Throws: `system` when `xor.dat` cannot be read, `unknownFormat` when it does not hold a key.
    package init(path: String, parameters: ChainParameters) throws(StorageError) {
        self.path = path
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

    /// The numbers of the block files, or of those with another beginning of their names, in order.
    ///
    /// - Throws: `system`.
    package func fileNumbers(kind: String = "blk") throws(StorageError) -> [Int] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .system(path: path, error)
        }
        return names.compactMap { Self.fileNumber(of: $0, kind: kind) }.sorted()
    }

    /// The path of a block file, or of one with another beginning of its name.
    package func filePath(_ number: Int, kind: String = "blk") -> String {
        let digits = String(number)
        return path + "/" + kind + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".dat"
    }

    /// The sum of the sizes of all block files in bytes, with what is allocated ahead.
    package var bytesOnDisk: UInt64 {
        let numbers = (try? fileNumbers()) ?? []
        return numbers.reduce(0) { sum, number in
            let attributes = try? FileManager.default.attributesOfItem(atPath: filePath(number))
            return sum + ((attributes?[.size] as? UInt64) ?? 0)
        }
    }

    private static func fileNumber(of name: String, kind: String) -> Int? {
        guard name.hasPrefix(kind), name.hasSuffix(".dat") else { return nil }
        let digits = name.dropFirst(3).dropLast(4)
        guard (5...9).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(digits)
    }
}
