import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Foundation

/// A chain for regtest, the same in every run: blocks in the form of `-loadblock`.
struct SyntheticChain {
    /// What the chain is made of.
    struct Shape {
        /// Names the file; another content needs another name.
        var name: String
        /// Blocks with nothing but a coinbase, at the start.
        var emptyBlocks: Int
        /// Blocks that turn coinbases into many outputs.
        var fundingBlocks = 0
        /// Coinbases that each of them spends.
        var coinbasesPerBlock = 5
        /// Outputs that each coinbase becomes.
        var outputsPerCoinbase = 1200
        /// Blocks full of spending transactions, behind them.
        var spendingBlocks = 0
        /// Inputs in each of them.
        var inputsPerBlock = 4000
        /// Kinds of the outputs, in turn.
        var kinds = SyntheticKind.mixture
        /// Inputs and outputs of the spending transactions, in turn.
        var forms = Self.usualForms
        /// Coins below this value, in satoshi, are not divided any more.
        var leastValue: Amount = 2000

        /// As many inputs as outputs.
        private static let usualForms = [
            (1, 2), (2, 2), (2, 1), (1, 1), (5, 2), (1, 4), (3, 3), (1, 2), (2, 1), (40, 1), (1, 40), (2, 2),
        ]

        /// Inputs that are verified when the chain is connected.
        var inputCount: Int { fundingBlocks * coinbasesPerBlock + spendingBlocks * inputsPerBlock }
        /// The height of the last block.
        var height: Int { emptyBlocks + fundingBlocks + spendingBlocks }
    }

    /// What was written.
    struct Result {
        /// The file.
        var path: String
        /// The last block.
        var tip: BlockHash
    }

    private let shape: Shape
    private let parameters = ChainParameters.regtest
    private let keys: SyntheticKeys
    private var numbers = SyntheticNumbers(state: 20_090_103)
    private var previous: BlockHash
    private var height = 0
    private var outputCount = 0
    private var coinbases: [SyntheticOutput] = []
    private var unspent: [SyntheticOutput] = []

    /// Makes the chain, unless it is there from an earlier run.
    ///
    /// - Parameter folder: where it is kept.
    static func make(_ shape: Shape, in folder: String) throws -> Result {
        let path = folder + "/\(shape.name).dat"
        let mark = folder + "/\(shape.name).tip"
        if let text = try? String(contentsOfFile: mark, encoding: .utf8), let tip = BlockHash(hex: text) {
            return Result(path: path, tip: tip)
        }
        var chain = try SyntheticChain(shape)
        let tip = try chain.write(to: path)
        try "\(tip)".write(toFile: mark, atomically: true, encoding: .utf8)
        return Result(path: path, tip: tip)
    }

    private init(_ shape: Shape) throws {
        self.shape = shape
        keys = try SyntheticKeys()
        previous = parameters.genesisHash
    }

    private mutating func write(to path: String) throws -> BlockHash {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw BenchError("cannot write \(path)") }
        defer { try? file.close() }
        func append(_ block: Block) throws {
            let bytes = block.encoded()
            var writer = ByteWriter(capacity: bytes.count + 8)
            writer.writeBytes(parameters.messageStart)
            writer.writeUInt32(UInt32(bytes.count))
            writer.writeBytes(bytes)
            try file.write(contentsOf: writer.bytes)
        }
        // Core does not take in others before it.
        try append(parameters.genesis)
        while height < shape.height {
            height += 1
            try append(try nextBlock())
        }
        return previous
    }

    private mutating func nextBlock() throws -> Block {
        var transactions: [Transaction] = []
        if height > shape.emptyBlocks + shape.fundingBlocks {
            var inputs = 0
            var form = height
            while inputs < shape.inputsPerBlock {
                let (count, outputs) = shape.forms[form % shape.forms.count]
                form += 1
                let spent = (0..<min(count, shape.inputsPerBlock - inputs)).map { _ in takeUnspent() }
                inputs += spent.count
                transactions.append(try spend(spent, outputs: outputs))
            }
        } else if height > shape.emptyBlocks {
            for _ in 0..<shape.coinbasesPerBlock {
                transactions.append(try spend([coinbases.removeFirst()], outputs: shape.outputsPerCoinbase))
            }
        }
        return solved([coinbase(transactions)] + transactions)
    }

    /// One out of all, or sometimes one of those that were made last, even by the same block.
    private mutating func takeUnspent() -> SyntheticOutput {
        let isRecent = numbers.next() % 8 == 0
        let range = isRecent ? min(unspent.count, 500) : unspent.count
        let index = unspent.count - 1 - Int(numbers.next() % UInt64(range))
        unspent.swapAt(index, unspent.count - 1)
        return unspent.removeLast()
    }

    private mutating func spend(_ spent: [SyntheticOutput], outputs wanted: Int) throws -> Transaction {
        let sum = spent.reduce(0) { $0 + $1.value }
        let count = max(1, min(wanted, Int(sum / shape.leastValue)))
        // A satoshi per output, at least, goes to the miner.
        let value = sum / Amount(count) - 1
        var made: [SyntheticOutput] = []
        var outputs: [TransactionOutput] = []
        for _ in 0..<count {
            let kind = shape.kinds[outputCount % shape.kinds.count]
            let key = Int(numbers.next() % UInt64(SyntheticKeys.count))
            outputCount += 1
            outputs.append(TransactionOutput(value: value, scriptPubKey: keys.script(kind, key: key)))
            made.append(SyntheticOutput(outPoint: .null, value: value, kind: kind, key: key))
        }
        var inputs = spent.map { TransactionInput(previousOutput: $0.outPoint) }
        let unsigned = PrecomputedTransactionData(
            Transaction(inputs: inputs, outputs: outputs),
            spending: spent.map {
                TransactionOutput(value: $0.value, scriptPubKey: keys.script($0.kind, key: $0.key))
            })
        for (index, output) in spent.enumerated() {
            (inputs[index].scriptSig, inputs[index].witness) = try keys.proof(output, input: index, of: unsigned)
        }
        let transaction = Transaction(inputs: inputs, outputs: outputs)
        for index in made.indices {
            made[index].outPoint = OutPoint(transactionID: transaction.id, index: UInt32(index))
        }
        unspent += made
        return transaction
    }

    private mutating func coinbase(_ transactions: [Transaction]) -> Transaction {
        let root = MerkleTree.root(of: [.zero] + transactions.map(\.witnessID.rawValue)).root
        let commitment = Block.witnessCommitment(root: root)
        let value = Subsidy.at(height: height, parameters: parameters)
        let coinbase = Transaction(
            inputs: [
                TransactionInput(
                    previousOutput: .null, scriptSig: Script(CoinbaseHeight.push(height) + [0]),
                    witness: [[UInt8](repeating: 0, count: 32)])
            ],
            outputs: [
                TransactionOutput(value: value, scriptPubKey: keys.script(.witnessKeyHash, key: height)),
                TransactionOutput(value: 0, scriptPubKey: Script(Block.witnessCommitmentPrefix + commitment.bytes)),
            ])
        coinbases.append(
            SyntheticOutput(
                outPoint: OutPoint(transactionID: coinbase.id, index: 0), value: value, kind: .witnessKeyHash,
                key: height))
        return coinbase
    }

    /// Finds the nonce; on regtest every other one will do.
    private mutating func solved(_ transactions: [Transaction]) -> Block {
        let root = MerkleTree.root(of: transactions.map(\.id.rawValue)).root
        let genesis = parameters.genesis.header
        var nonce: UInt32 = 0
        while true {
            let header = BlockHeader(
                version: 0x2000_0000, previousBlockHash: previous, merkleRoot: root,
                time: genesis.time + 600 * UInt32(height), bits: genesis.bits, nonce: nonce)
            if (try? BlockHeaderRules.checkProofOfWork(header, parameters: parameters)) != nil {
                previous = header.hash
                return Block(header: header, transactions: transactions)
            }
            nonce += 1
        }
    }
}

/// Numbers that look random and are the same in every run (splitmix64).
struct SyntheticNumbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var number = state
        number = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ (number >> 27)) &* 0x94d0_49bb_1331_11eb
        return number ^ (number >> 31)
    }
}
