import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import Foundation
import Synchronization
import Testing

/// A regtest chain in a folder of its own, with short ways to make blocks and transactions.
final class TestChain {
    let folder: TemporaryFolder
    /// What loading found.
    let report: LoadReport
    private var opened: ChainState?
    private let parameters: ChainParameters
    private(set) var events: [String] = []
    let clock: Clock

    /// A clock that is set by hand.
    final class Clock: Sendable {
        private let value = Mutex<Int64>(1_700_000_000)

        /// Unix seconds.
        var time: Int64 {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }

    /// Anybody can spend this with one push.
    static let script = Script([0x75, 0x51])

    /// Long enough to lift a transaction over the smallest size that the mempool takes.
    static let scriptSig = push(count: 10)

    /// A script of some bytes that pushes once.
    static func push(count: Int) -> Script {
        count == 0 ? Script() : Script([UInt8(count - 1)] + [UInt8](repeating: 0x51, count: count - 1))
    }

    /// Opens the chain in `folder`, which is new unless it is given.
    ///
    /// - Parameters:
    ///   - change: changes the configuration.
    ///   - progress: watches loading.
    init(
        folder: TemporaryFolder? = nil, parameters: ChainParameters = .regtest, time: Int64 = 1_700_000_000,
        change: (inout ChainState.Configuration) -> Void = { _ in },
        progress: @escaping (LoadProgress) -> Bool = { _ in true }
    ) throws {
        self.folder = try folder ?? TemporaryFolder()
        let clock = Clock()
        clock.time = time
        self.clock = clock
        self.parameters = parameters
        var configuration = ChainState.Configuration(
            parameters: parameters, directory: self.folder.path, now: { clock.time })
        configuration.cacheSize = 8 << 20
        change(&configuration)
        let chain = try ChainState(configuration)
        report = try chain.load(progress: progress)
        opened = chain
        chain.onEvent = { [unowned self] in events.append(Self.name($0)) }
    }

    /// The chain, until it is closed.
    var chain: ChainState {
        guard let opened else { preconditionFailure("the chain was closed") }
        return opened
    }

    /// Writes everything and closes the files.
    func close() throws {
        try chain.flush()
        opened = nil
    }

    /// Closes the files as they are, as if the process had been killed.
    func crash() { opened = nil }

    private static func name(_ event: ChainEvent) -> String {
        switch event {
        case .headerTipChanged(let block): "header \(block.height)"
        case .blockConnected(let block, _, _): "connected \(block.height)"
        case .blockDisconnected(let block, _): "disconnected \(block.height)"
        case .tipChanged(let block, let fork): "tip \(block.height) fork \(fork.height)"
        case .transactionAdded: "added"
        case .transactionRemoved(_, let reason): "removed \(reason.rawValue)"
        }
    }

    func forgetEvents() { events = [] }

    /// Mines blocks on the tip with what is in the mempool.
    func mine(_ count: Int = 1) throws {
        for _ in 0..<count {
            var tries: UInt64 = 1_000_000
            _ = try #require(try chain.mineBlock(payingTo: Self.script, tries: &tries))
        }
    }

    /// A block on any known block, with a proof of work.
    ///
    /// - Parameters:
    ///   - transactions: what follows the coinbase.
    ///   - parent: the block before; the tip when nil.
    ///   - change: changes the parts before the merkle root and the commitment are made.
    ///   - seal: changes the header before the proof of work is found.
    func block(
        _ transactions: [Transaction] = [], on parent: BlockIndex? = nil, change: (inout Draft) -> Void = { _ in },
        seal: (inout Draft) -> Void = { _ in }
    ) throws -> Block {
        let parent = parent ?? chain.tip
        let height = parent.height + 1
        var draft = Draft(
            version: 0x2000_0000, previous: parent.hash,
            time: UInt32(max(parent.medianTimePast + 1, clock.time)), bits: parent.header.bits,
            scriptSig: CoinbaseHeight.push(height) + [0x00],
            outputs: [
                TransactionOutput(
                    value: Subsidy.at(height: height, parameters: chain.parameters), scriptPubKey: Self.script)
            ], transactions: transactions)
        change(&draft)
        draft.build()
        seal(&draft)
        var tries: UInt64 = 1_000_000
        return try #require(
            BlockAssembler.solve(draft.block, parameters: chain.parameters, tries: &tries))
    }

    /// The parts of a block to be.
    struct Draft {
        var version: Int32
        var previous: BlockHash
        var time: UInt32
        var bits: UInt32
        /// The coinbase's script.
        var scriptSig: [UInt8]
        /// The coinbase's outputs without the commitment.
        var outputs: [TransactionOutput]
        /// The coinbase's witness, if there is a commitment.
        var witness: [[UInt8]] = [[UInt8](repeating: 0, count: 32)]
        /// What follows the coinbase.
        var transactions: [Transaction]
        /// Whether the coinbase commits to the witnesses.
        var commits = true
        var coinbaseLockTime: UInt32 = 0
        var coinbaseSequence: UInt32 = TransactionInput.finalSequence
        /// All transactions, once built.
        var all: [Transaction] = []
        var merkleRoot = Hash256.zero

        mutating func build() {
            var outputs = outputs
            if commits {
                let root = MerkleTree.root(of: [.zero] + transactions.map(\.witnessID.rawValue)).root
                let reserved = witness.first.flatMap { Hash256(bytes: $0) } ?? .zero
                let commitment = Block.witnessCommitment(root: root, reserved: reserved)
                outputs.append(
                    TransactionOutput(
                        value: 0, scriptPubKey: Script(Block.witnessCommitmentPrefix + commitment.bytes)))
            }
            let input = TransactionInput(
                previousOutput: .null, scriptSig: Script(scriptSig), sequence: coinbaseSequence,
                witness: commits ? witness : [])
            all = [Transaction(inputs: [input], outputs: outputs, lockTime: coinbaseLockTime)] + transactions
            merkleRoot = MerkleTree.root(of: all.map(\.id.rawValue)).root
        }

        var block: Block {
            Block(
                header: BlockHeader(
                    version: version, previousBlockHash: previous, merkleRoot: merkleRoot, time: time, bits: bits,
                    nonce: 0), transactions: all)
        }
    }

    /// The first output of the coinbase of an active block, with its value.
    func coinbase(at height: Int) throws -> (outPoint: OutPoint, value: Amount) {
        let index = try #require(chain.activeChain[height])
        let coinbase = try chain.block(index).transactions[0]
        return (OutPoint(transactionID: coinbase.id, index: 0), coinbase.outputs[0].value)
    }

    /// A transaction that spends the coinbase at `height` into one output.
    func spend(
        coinbaseAt height: Int, fee: Amount = 1000, sequence: UInt32 = TransactionInput.finalSequence,
        lockTime: UInt32 = 0, version: UInt32 = 2, script: Script = script
    ) throws -> Transaction {
        let coin = try coinbase(at: height)
        return Transaction(
            version: version,
            inputs: [
                TransactionInput(previousOutput: coin.outPoint, scriptSig: Self.scriptSig, sequence: sequence)
            ],
            outputs: [TransactionOutput(value: coin.value - fee, scriptPubKey: script)], lockTime: lockTime)
    }

    /// Closes the chain, unless it is closed, and opens the same folder anew.
    func restarted(change: (inout ChainState.Configuration) -> Void = { _ in }) throws -> TestChain {
        if opened != nil { try close() }
        return try TestChain(folder: folder, parameters: parameters, time: clock.time, change: change)
    }

    /// A transaction to which any witness may be given: what it spends is of a witness version without a meaning. The
    /// output for it takes a block.
    func spendWithAnyWitness() throws -> Transaction {
        let payment = try spend(coinbaseAt: 1, script: Script([0x60, 0x02, 0x01, 0x01]))
        try chain.acceptBlock(try block([payment]))
        return Transaction(
            inputs: [TransactionInput(previousOutput: OutPoint(transactionID: payment.id, index: 0))],
            outputs: [TransactionOutput(value: 1, scriptPubKey: Self.script)])
    }

    /// Expects a block to be refused for `rule`.
    func expectRejected(
        _ block: Block, _ rule: ConsensusRule, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            try chain.acceptBlock(block)
            Issue.record("accepted, but \(rule.rawValue) was expected", sourceLocation: sourceLocation)
        } catch {
            guard case .invalid(let failure) = error else {
                Issue.record(error, sourceLocation: sourceLocation)
                return
            }
            #expect(failure.rule == rule, sourceLocation: sourceLocation)
        }
    }
}
