import BitcoinInterfaces
import BitcoinPrimitives

/// Values with every field set, no two numbers alike.
enum Sample {
    static func bytes(_ seed: UInt8, count: Int = 32) -> [UInt8] { (0..<count).map { seed &+ UInt8($0 & 0xff) } }

    static func hash(_ seed: UInt8) -> BlockHash { BlockHash(bytes: bytes(seed)) ?? .zero }
    static func transactionID(_ seed: UInt8) -> TransactionID { TransactionID(bytes: bytes(seed)) ?? .zero }
    static func witnessID(_ seed: UInt8) -> WitnessTransactionID { WitnessTransactionID(bytes: bytes(seed)) ?? .zero }
    static func block(_ seed: UInt8) -> BlockRef { BlockRef(hash: hash(seed), height: .max - Int32(seed)) }

    /// A transaction with witnesses.
    static let transaction = Transaction(
        version: 2,
        inputs: [
            TransactionInput(
                previousOutput: OutPoint(transactionID: transactionID(7), index: 3), scriptSig: Script([0x51]),
                sequence: 0xffff_fffd, witness: [[1, 2, 3], [], [4]])
        ],
        outputs: [
            TransactionOutput(value: 4_999_999_999, scriptPubKey: Script([0x00, 0x14] + bytes(9, count: 20))),
            TransactionOutput(value: 0, scriptPubKey: Script([0x6a])),
        ], lockTime: 120)

    /// A block of two transactions; its hashes do not fit, which nobody here checks.
    static let fullBlock = Block(
        header: BlockHeader(
            version: 0x2000_0000, previousBlockHash: hash(20), merkleRoot: hash(21).rawValue, time: 1_700_000_000,
            bits: 0x207f_ffff, nonce: 77),
        transactions: [transaction, transaction])

    static let process = ProcessInfo(
        name: "bitcoin-node", version: "v1.2.3", processID: 4711, chain: "regtest", startTime: 1_700_000_001)

    static let nodeInfo = NodeInfo(
        process: process, tip: block(1), headersHeight: 210, tipTime: 1_700_000_002, medianTime: 1_700_000_003,
        difficulty: 1.25e-10, chainWork: bytes(40), initialBlockDownload: true, verificationProgress: 0.75,
        sizeOnDisk: .max, mempoolTransactions: 11, mempoolBytes: 12, mempoolFees: -13, peers: 14,
        warnings: ["first", "", "dritte, mit ümlaut 🜲"], dataDirectory: "/data dir/regtest", time: .min,
        initMessage: "Loading…")

    static let emptyNodeInfo = NodeInfo(
        process: ProcessInfo(name: "", version: "", processID: 0, chain: "", startTime: 0),
        tip: BlockRef(hash: .zero, height: 0), headersHeight: 0, tipTime: 0, medianTime: 0, difficulty: 0,
        chainWork: [],
        initialBlockDownload: false, verificationProgress: 0, sizeOnDisk: 0, mempoolTransactions: 0, mempoolBytes: 0,
        mempoolFees: 0, peers: 0, warnings: [], dataDirectory: "", time: 0, initMessage: "")

    static let summaries = [
        BlockSummary(block: block(2), time: 1_700_000_004, transactions: 15, size: 16, weight: .max),
        BlockSummary(block: block(3), time: -1, transactions: 18, size: 19, weight: 20),
    ]

    static let mempool = MempoolWindow(
        total: 1 << 40, rows: [MempoolRow(transactionID: transactionID(4), virtualSize: 21, fee: 22, time: 23)])

    static let log = LogWindow(first: 24, total: 25, lines: ["a line", "", "another \u{0} one"])

    static let foundBlock = FoundBlock(
        block: block(5), time: 26, medianTime: 27, maxTime: 28, inActiveChain: true)

    static let ancestry = MempoolAncestry(ancestors: 29, ancestorSize: 30, ancestorFees: 31, descendants: 32)

    static let connected = ConnectedBlock(block: block(6), previous: hash(7), maxTime: 33, data: fullBlock)

    static let options = CreateWalletOptions(blank: true, disablePrivateKeys: false, avoidReuse: true)

    static let settings = WalletProcessSettings(
        chain: "signet", dataDirectory: "/d", walletDirectory: "/d/wallets", walletName: "sp ace-é", create: options,
        keyPoolSize: 34, mockTime: 35, debugCategories: ["ipc", "rpc"], messageStart: bytes(4))

    static let client = ChainClientInfo(process: process, walletName: "w", address: "unix:/tmp/w.sock")

    static let peer = IpcClientInfo(
        id: 70, name: "py", processID: 71, userID: 72, connectedTime: 73, groupID: 74, address: "unix:/n", calls: 75,
        callsInFlight: 76, bytesReceived: 77, bytesSent: .max, objects: 78, meanLatency: 79, maxLatency: .max)

    static let coinbase = CoinbaseTx(
        version: 2, sequence: 36, scriptSigPrefix: [0x51, 0x00], witness: bytes(8), blockRewardRemaining: 5_000_000_000,
        requiredOutputs: [[1, 2], [], [3]], lockTime: 37)

    static let balances = WalletBalances(trusted: 38, untrustedPending: 39, immature: 40, nonMempool: -41)

    static let listing = WalletListing(
        name: "w", state: .failed, origin: .attached, processID: 42, memory: 43, address: "unix:/w", error: "lost")

    static let walletInfo = WalletInfo(
        name: "w", processID: 44, encrypted: true, locked: true, unlockedUntil: 45, privateKeysEnabled: true,
        blank: true, descriptors: 46, transactions: 47, birthTime: 48, lastBlock: block(9), scanProgress: 0.5,
        warnings: ["one"])

    static let emptyWalletInfo = WalletInfo(
        name: "", processID: 0, encrypted: false, locked: false, unlockedUntil: 0, privateKeysEnabled: false,
        blank: false, descriptors: 0, transactions: 0, birthTime: 0, lastBlock: BlockRef(hash: .zero, height: 0),
        scanProgress: 0, warnings: [])

    static let transactions = TransactionWindow(
        total: 49, unfiltered: 50,
        rows: [
            TransactionRow(
                transactionID: transactionID(10), output: 51, time: 52, category: "send", amount: -53, fee: -54,
                confirmations: -55, height: 56, address: "bcrt1q", label: "läbel", abandoned: true, replaced: false)
        ])

    static let details = TransactionDetails(
        transactionID: transactionID(11), time: 57, confirmations: 58, block: block(12), fee: 59, virtualSize: 60,
        inputs: [TransactionEnd(address: "in", amount: 61, label: "", isMine: true, isChange: false)],
        outputs: [TransactionEnd(address: "out", amount: 62, label: "x", isMine: false, isChange: true)],
        raw: bytes(13, count: 300), replacedBy: "")

    /// As `details`, with what is optional missing.
    static let unconfirmed = TransactionDetails(
        transactionID: transactionID(11), time: 0, confirmations: 0, block: nil, fee: 0, virtualSize: 0, inputs: [],
        outputs: [], raw: [], replacedBy: "")

    static let addresses = AddressWindow(
        total: 63,
        rows: [
            AddressRow(address: "a", label: "b", purpose: "receive", received: 64, transactions: 65, path: "m/84h/1h")
        ])

    static let coins = CoinWindow(
        total: 66,
        rows: [
            CoinRow(
                transactionID: transactionID(14), output: 67, amount: 68, confirmations: 69, address: "c", label: "d",
                locked: true, safe: false, solvable: true)
        ])
}
