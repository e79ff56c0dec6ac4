import BitcoinCrypto
import BitcoinDescriptors
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinScript
import BitcoinWallet
import Foundation

/// Blocks and transactions made for tests; nothing here has proof of work or signatures.
enum Synthetic {
    static let startTime: Int64 = 1_700_000_000

    /// A block of the chain of one minute per block.
    static func block(
        after previous: Block?, height: Int, paying script: Script = Script([0x51]), value: Amount = 50 * .coin,
        _ transactions: [Transaction] = [], salt: UInt32 = 0
    ) -> Block {
        let input = TransactionInput(
            previousOutput: .null, scriptSig: Script([3] + [16, 8, 0].map { UInt8(truncatingIfNeeded: height >> $0) }),
            sequence: salt, witness: [])
        let coinbase = Transaction(
            inputs: [input], outputs: [TransactionOutput(value: value, scriptPubKey: script)])
        let all = [coinbase] + transactions
        let header = BlockHeader(
            version: 1, previousBlockHash: previous?.hash ?? .zero,
            merkleRoot: Block(
                header: BlockHeader(
                    version: 1, previousBlockHash: .zero, merkleRoot: .zero, time: 0, bits: 0, nonce: 0),
                transactions: all
            ).computedMerkleRoot().root,
            time: UInt32(startTime + Int64(height) * 60), bits: 0x207f_ffff, nonce: salt)
        return Block(header: header, transactions: all)
    }

    /// A chain of empty blocks up to a height.
    static func chain(to height: Int) -> [Block] {
        var blocks: [Block] = []
        for index in 0...height { blocks.append(block(after: blocks.last, height: index)) }
        return blocks
    }

    /// A transaction that spends outputs and pays scripts.
    static func transaction(
        spending outputs: [OutPoint], paying: [(Script, Amount)], sequence: UInt32 = 0xffff_fffd
    ) -> Transaction {
        Transaction(
            inputs: outputs.map {
                TransactionInput(previousOutput: $0, scriptSig: Script(), sequence: sequence, witness: [])
            },
            outputs: paying.map { TransactionOutput(value: $0.1, scriptPubKey: $0.0) })
    }

    /// An output that nobody knows.
    static func foreignOutput(_ number: UInt8) -> OutPoint {
        let id = TransactionID(bytes: [UInt8](repeating: number, count: 32)) ?? .zero
        return OutPoint(transactionID: id, index: 0)
    }

    static let foreignScript = Destination.witnessV0KeyHash([UInt8](repeating: 7, count: 20)).scriptPubKey

    /// A directory that is removed with the tests' temporary files.
    static func directory() throws -> String {
        let path = NSTemporaryDirectory() + "wallet-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

/// A key below the seed of BIP32's first test vector, which the tests' addresses come from.
enum TestKey {
    static let account: String = {
        let path: [UInt32] = [84, 1, 0].map { $0 | 0x8000_0000 }
        let master = try? ExtendedPrivateKey(seed: SecretBytes(Array(0..<16)))
        return (try? master?.descendant(path))?.neutered.text(on: .regtest) ?? ""
    }()

    static func descriptor(_ text: String) -> String { text + "#" + (DescriptorChecksum.compute(text) ?? "") }

    static var receive: String { descriptor("wpkh(\(account)/0/*)") }
    static var change: String { descriptor("wpkh(\(account)/1/*)") }

    /// The script of an index.
    static func script(_ index: UInt32, of text: String = receive) throws -> Script {
        let parsed = try Descriptor.parse(text, on: .regtest)
        return parsed.descriptors[0].expand(at: index)?.scripts.first ?? Script()
    }
}
