import BitcoinInterfaces
import BitcoinPrimitives
import TerminalUI

/// A node and its wallets as plain data: what a stage answers with.
struct SampleData {
    var tipHeight: Int32 = 208
    var tipTime: Int64 = 1_700_103_937
    var now: Int64 = 1_700_104_190
    var listings: [WalletListing] = [
        listing("main", 4219), listing("friend", 4220), listing("encrypted", 4221), listing("miniscript", 4222),
        listing("sp ace-é", 4224), listing("cold", 4302, origin: .attached),
        WalletListing(
            name: "old", state: .failed, origin: .spawned, processID: 0, memory: 0, address: "",
            error: "checksum of record \"main\" page 3 is wrong: open read-only or restore a backup"),
    ]
    var directory = ["main", "friend", "encrypted", "miniscript", "sp ace-é", "old", "multisig"]
    var lockedWallets: Set<String> = ["encrypted"]
    var trusted: [String: Int64] = [
        "main": 523_485_618_732, "friend": 3_934_836_528, "encrypted": 3_329_051_670, "miniscript": 3_014_922_459,
        "sp ace-é": 3_363_701_395, "cold": 100_000_000,
    ]
    var pending: [String: Int64] = ["friend": 236_000_000]
    var transactionCount = 651
    var warnings = ["Wallet \"vault\" was not loaded: file in use"]
    var logTotal: UInt64 = 412
    var software = (name: "bitcoin-node", version: "0.1.0")
    var processID: Int32 = 4211
    /// Queries answered so far.
    var asked: [Query] = []

    static func listing(_ name: String, _ process: Int32, origin: WalletOrigin = .spawned) -> WalletListing {
        WalletListing(
            name: name, state: .attached, origin: origin, processID: process, memory: 22_000_000,
            address: "unix:/run/wallet-\(process).sock", error: "")
    }

    /// A hash that differs for each number and kind.
    static func hash(_ number: Int, _ kind: Int) -> String {
        var value = UInt64(truncatingIfNeeded: number &* 2_654_435_761 &+ kind &* 40_503 &+ 12_345)
        var digits = ""
        for _ in 0..<4 {
            value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let part = String(value >> 4, radix: 16)
            digits += String(repeating: "0", count: 16 - part.count) + part
        }
        return digits
    }

    static func blockHash(_ height: Int) -> BlockHash { BlockHash(hex: hash(height, 1)) ?? .zero }

    static func transactionID(_ number: Int) -> TransactionID { TransactionID(hex: hash(number, 2)) ?? .zero }

    var info: NodeInfo {
        NodeInfo(
            process: ProcessInfo(
                name: software.name, version: software.version, processID: processID, chain: "regtest",
                startTime: now &- 4000),
            tip: BlockRef(hash: Self.blockHash(Int(tipHeight)), height: tipHeight), headersHeight: tipHeight,
            tipTime: tipTime, medianTime: tipTime &- 4183, difficulty: 4.656542373906925e-10,
            chainWork: Array(repeating: 0, count: 30) + [1, 0xa2], initialBlockDownload: false,
            verificationProgress: 1, sizeOnDisk: 260_808, mempoolTransactions: 6, mempoolBytes: 1205,
            mempoolFees: 12_345, peers: 0, warnings: warnings, dataDirectory: "/home/ann/.bitcoin/regtest",
            time: now, initMessage: "")
    }

    func walletInfo(_ name: String) -> WalletInfo {
        WalletInfo(
            name: name, processID: listings.first { $0.name == name }?.processID ?? 0,
            encrypted: name == "encrypted", locked: lockedWallets.contains(name),
            unlockedUntil: lockedWallets.contains(name) ? 0 : now &+ 300, privateKeysEnabled: name != "cold",
            blank: false, descriptors: 8, transactions: UInt64(transactionCount), birthTime: 1_699_999_000,
            lastBlock: info.tip, scanProgress: -1, warnings: [])
    }

    func transaction(_ index: Int) -> TransactionRow {
        let isSent = index % 3 == 0
        let amount = Int64((index &* 7919) % 100_000 + 1) * (index % 5 == 0 ? 1_000_000 : 977)
        let labels = ["rent november", "", "coffee ☕", "salary", "発送 wide"]
        return TransactionRow(
            transactionID: Self.transactionID(index), output: UInt32(index % 3), time: tipTime &- Int64(index) * 3700,
            category: index == 4 ? "immature" : isSent ? "send" : "receive", amount: isSent ? -amount : amount,
            fee: isSent ? -Int64(141 + index % 900) : 0, confirmations: index < 2 ? 0 : index == 3 ? -2 : Int32(index),
            height: index < 2 ? -1 : tipHeight - Int32(index), address: address(index),
            label: labels[index % labels.count], abandoned: index == 7, replaced: index == 5)
    }

    func address(_ index: Int) -> String {
        index % 4 == 3 ? "2MsWXpdbcFdsdxcw82bDEsUa6vzzKHfMsxL" : "bcrt1q" + Self.hash(index, 3).prefix(38)
    }

    func coin(_ index: Int) -> CoinRow {
        CoinRow(
            transactionID: Self.transactionID(index), output: UInt32(index % 4),
            amount: 5_000_000_000 / Int64(index + 1),
            confirmations: Int32(index), address: address(index), label: index % 2 == 0 ? "mining bech32" : "",
            locked: index == 1, safe: index != 0, solvable: index != 2)
    }

    func block(_ height: Int) -> BlockSummary {
        BlockSummary(
            block: BlockRef(hash: Self.blockHash(height), height: Int32(height)),
            time: tipTime &- Int64(Int(tipHeight) - height) * 1290, transactions: UInt32(1 + height % 14),
            size: UInt32(clamping: 261 + height * 29), weight: UInt32(clamping: 936 + height * 80))
    }

    var fullBlock: Block {
        let coinbase = Transaction(
            inputs: [TransactionInput(previousOutput: .null, scriptSig: Script([0x02, 0xd0, 0x00]))],
            outputs: [TransactionOutput(value: 2_500_000_000, scriptPubKey: Script([0x51]))])
        let payment = Transaction(
            inputs: [
                TransactionInput(previousOutput: OutPoint(transactionID: Self.transactionID(1), index: 1)),
                TransactionInput(previousOutput: OutPoint(transactionID: Self.transactionID(2), index: 0)),
            ],
            outputs: [
                TransactionOutput(
                    value: 148_205_864, scriptPubKey: Script([0x00, 0x14] + Array(repeating: 7, count: 20))),
                TransactionOutput(value: 2_303_341, scriptPubKey: Script([0x6a, 0x01, 0x02])),
            ])
        return Block(
            header: BlockHeader(
                version: 0x2000_0000, previousBlockHash: Self.blockHash(207), merkleRoot: coinbase.id.rawValue,
                time: UInt32(clamping: tipTime), bits: 0x207f_ffff, nonce: 2),
            transactions: [coinbase, payment])
    }

    func details(_ id: TransactionID) -> TransactionDetails {
        TransactionDetails(
            transactionID: id, time: tipTime &- 60, confirmations: 21, block: block(188).block, fee: 1995,
            virtualSize: 222,
            inputs: [
                TransactionEnd(
                    address: address(1), amount: 90_311_200, label: "mining bech32", isMine: true, isChange: false),
                TransactionEnd(
                    address: address(2), amount: 60_200_000, label: "label 14", isMine: true, isChange: false),
            ],
            outputs: [
                TransactionEnd(
                    address: address(3), amount: 148_205_864, label: "label 32", isMine: false, isChange: false),
                TransactionEnd(address: address(5), amount: 2_303_341, label: "", isMine: true, isChange: true),
            ], raw: [2, 0, 0, 0, 1, 0xab], replacedBy: "")
    }

    mutating func answer(_ query: Query) -> Answer {
        asked.append(query)
        switch query {
        case .nodeInfo: return .nodeInfo(info)
        case .walletListings: return .walletListings(listings)
        case .walletDirectory: return .walletDirectory(directory)
        case .mempool(let count):
            let rows = [141, 250, 900, 2100, 2500, 9000].map { fee in
                MempoolRow(transactionID: Self.transactionID(fee), virtualSize: 200, fee: Int64(fee), time: now)
            }
            return .mempool(MempoolWindow(total: 6, rows: Array(rows.prefix(Int(count)))))
        case .blocks(let height, let count), .latestBlocks(let height, let count):
            let lowest = max(0, Int(height) - Int(count) + 1)
            return .blocks((lowest...Int(height)).reversed().map(block))
        case .block: return .block(fullBlock)
        case .log(let first, let count): return .log(logWindow(first: first, count: UInt64(count)))
        case .walletInfo(let name): return .walletInfo(walletInfo(name))
        case .balances(let name):
            return .balances(
                WalletBalances(
                    trusted: trusted[name] ?? 0, untrustedPending: pending[name] ?? 0,
                    immature: name == "miniscript" ? 5_000_000_000 : 0, nonMempool: 0))
        case .latestTransactions(_, let count):
            return .transactions(
                TransactionWindow(total: 651, unfiltered: 651, rows: (0..<min(12, Int(count))).map(transaction)))
        case .transactions(_, let filter, let offset, let count):
            let total = filter.isEmpty ? transactionCount : 12
            return .transactions(
                TransactionWindow(
                    total: UInt64(total), unfiltered: UInt64(transactionCount),
                    rows: Self.range(offset, count, total).map(transaction)))
        case .addresses(_, _, let offset, let count):
            let rows = Self.range(offset, count, 40).map { index in
                AddressRow(
                    address: address(index), label: index % 3 == 0 ? "label \(index)" : "", purpose: "receive",
                    received: Int64(index) * 12_345_678, transactions: UInt32(index), path: "m/84h/1h/0h/0/\(index)")
            }
            return .addresses(AddressWindow(total: 40, rows: rows))
        case .coins(_, _, let offset, let count):
            return .coins(CoinWindow(total: 154, rows: Self.range(offset, count, 154).map(coin)))
        case .details(_, let id): return .details(details(id))
        }
    }

    private static func range(_ offset: UInt64, _ count: UInt32, _ total: Int) -> Range<Int> {
        let start = min(Int(offset), total)
        return start..<min(start + Int(count), total)
    }

    private func logWindow(first: UInt64, count: UInt64) -> LogWindow {
        let start = first >= logTotal ? logTotal - min(count, logTotal) : first
        let lines = (start..<min(start + count, logTotal)).map { number in
            "2023-11-16T03:05:37Z "
                + (number % 7 == 3
                    ? "[warning] line \(number) warns"
                    : "UpdateTip: new best=\(Self.hash(Int(truncatingIfNeeded: number), 1)) height=\(number)")
        }
        return LogWindow(first: start, total: logTotal, lines: lines)
    }
}
