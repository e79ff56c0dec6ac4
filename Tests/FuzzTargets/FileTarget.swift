import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import Foundation

/// Files that others may have written: blocks to take in, and sets of coins.
enum FileTarget {
    static func run(_ bytes: [UInt8]) {
        guard let kind = bytes.first, (try? Data(bytes.dropFirst()).write(to: URL(filePath: path))) != nil else {
            return
        }
        switch kind % 2 {
        case 0: try? readBlocks()
        default: try? readCoins()
        }
    }

    private static func readBlocks() throws {
        var scanner = try BlockFileScanner(path: path, parameters: .regtest)
        var end: UInt64 = 0
        while let record = try scanner.next() {
            precondition(record.offset >= end, "records overlap")
            end = record.offset + UInt64(record.size)
            precondition(end <= scanner.fileSize, "a record ends behind the file")
            _ = try scanner.bytes(at: record.offset, count: record.size)
        }
        precondition(scanner.gaps.allSatisfy { $0.offset + $0.count <= scanner.fileSize })
    }

    private static func readCoins() throws {
        let parameters = ChainParameters.regtest
        let reader = try SnapshotFile.Reader(path: path, messageStart: parameters.messageStart, network: .regtest)
        while try reader.next(atMost: 1000) != nil {}
        _ = try reader.isAtEnd()
    }

    /// Each process has a file of its own.
    private static let path = NSTemporaryDirectory() + "/fuzz-\(ProcessInfo.processInfo.processIdentifier)"
}
