import BitcoinPrimitives
import Foundation

/// A regtest chain of libbitcoinkernel's, with its databases in memory.
@safe
final class KernelChain {
    private let library: KernelLibrary
    private let folder: TemporaryFolder
    private let manager: OpaquePointer
    private let consensus: OpaquePointer?
    private let state: OpaquePointer?

    /// What became of a block.
    enum Verdict: Equatable, CustomStringConvertible {
        /// Taken, whether or not it is the tip.
        case accepted
        /// The reason, as Core writes it.
        case rejected(String)
        /// The bytes are no block.
        case unreadable

        var description: String {
            switch self {
            case .accepted: "accepted"
            case .rejected(let reason): reason
            case .unreadable: "unreadable"
            }
        }
    }

    init?() throws {
        guard let library = KernelLibrary.shared else { return nil }
        self.library = library
        folder = try TemporaryFolder()
        let regtest: UInt8 = 4
        let parameters = unsafe library.createParameters(regtest)
        unsafe consensus = library.consensusParameters(parameters)
        unsafe state = library.createState()
        let contextOptions = unsafe library.createContextOptions()
        unsafe library.setParameters(contextOptions, parameters)
        let context = unsafe library.createContext(contextOptions)
        let (data, blocks) = (folder.path + "/data", folder.path + "/data/blocks")
        let options = unsafe library.createOptions(context, data, data.utf8.count, blocks, blocks.utf8.count)
        unsafe library.keepIndexInMemory(options, 1)
        unsafe library.keepCoinsInMemory(options, 1)
        unsafe library.setWorkers(options, 1)
        guard let manager = unsafe library.createManager(options) else {
            print("libbitcoinkernel has no chain: \(library.takeLog().suffix(3))")
            return nil
        }
        unsafe self.manager = manager
        _ = library.takeLog()
    }

    deinit { unsafe library.destroyManager(manager) }

    /// Hands a block in.
    func process(_ bytes: [UInt8]) -> Verdict {
        guard let block = unsafe bytes.withUnsafeBytes({ unsafe library.createBlock($0.baseAddress, $0.count) }) else {
            return .unreadable
        }
        defer { unsafe library.destroyBlock(block) }
        _ = library.takeLog()
        var isNew: Int32 = 0
        let result = unsafe library.processBlock(manager, block, &isNew)
        let log = library.takeLog()
        for line in log.reversed() {
            if let start = line.range(of: "AcceptBlock FAILED (") {
                return .rejected(String(line[start.upperBound...].prefix { $0 != "\n" }.dropLast()))
            }
            // Also the failures of other blocks, which became candidates by this one.
            if let start = line.range(of: "ConnectBlock \(hash(of: bytes)) failed, ") {
                return .rejected(String(line[start.upperBound...].prefix { $0 != "\n" }))
            }
        }
        return result == 0 ? .accepted : .rejected("\(log)")
    }

    private func hash(of bytes: [UInt8]) -> String {
        ((try? BlockHeader(decoding: Array(bytes.prefix(80))))?.hash.description) ?? ""
    }

    /// Whether bytes begin with a block that is right by itself; nil when they are none.
    func check(_ bytes: [UInt8], proofOfWork: Bool, merkleRoot: Bool) -> Bool? {
        guard let block = unsafe bytes.withUnsafeBytes({ unsafe library.createBlock($0.baseAddress, $0.count) }) else {
            return nil
        }
        defer { unsafe library.destroyBlock(block) }
        let flags: UInt32 = (proofOfWork ? 1 : 0) | (merkleRoot ? 2 : 0)
        return unsafe library.checkBlock(block, consensus, flags, state) == 1
    }

    /// The identifier of the transaction that bytes begin with; nil when they are none.
    func transactionID(_ bytes: [UInt8]) -> [UInt8]? {
        guard
            let transaction = unsafe bytes.withUnsafeBytes({
                unsafe library.createTransaction($0.baseAddress, $0.count)
            })
        else { return nil }
        defer { unsafe library.destroyTransaction(transaction) }
        var id = [UInt8](repeating: 0, count: 32)
        unsafe library.transactionIDBytes(library.transactionID(transaction), &id)
        return id
    }

    /// The last block of the active chain, in internal byte order.
    var tip: (height: Int, hash: [UInt8]) {
        let chain = unsafe library.activeChain(manager)
        let height = unsafe library.height(chain)
        var hash = [UInt8](repeating: 0, count: 32)
        unsafe library.hashBytes(library.entryHash(library.entryAtHeight(chain, height)), &hash)
        return (Int(height), hash)
    }
}
