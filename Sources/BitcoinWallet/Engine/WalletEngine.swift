// BitcoinWallet: Core's descriptor wallets, followed through nothing but `any Chain`.
//
// - Storage: `WalletDatabase` is the SQLite file, `WalletContents` what it says, records with Core's bytes.
// - Engine: `WalletEngine` is the wallet: ownership, transactions, balances, address book, keys. It is synchronous and
//   does no I/O but its own file; whatever it needs of the chain is handed to it with the block or transaction.
// - Service: `WalletService` is the actor around an engine. It follows the chain, answers RPCs, serves windows of rows
//   and tells events. Everything that waits is here.
// - RPC: the wallet's methods with Core's texts. Tool: `info`, `create` and `dump` without a node.
//
// One engine belongs to one service; its classes are not Sendable, so the compiler holds them there. Every change of
// state is written to the file before the next notification is handled, in Core's records, so that Core can go on from
// there. Secrets are `SecretBytes` or `PrivateKey` from the moment they are read.

package import BitcoinCrypto
import BitcoinDescriptors
package import BitcoinInterfaces
package import BitcoinPrimitives
package import BitcoinScript
package import SQLite

/// A wallet (Core's `CWallet`).
package final class WalletEngine {
    /// Name of the wallet; empty for the default one.
    package let name: String
    /// The network that addresses are written for.
    package let network: Network
    /// How many unused addresses are watched ahead.
    package let keyPoolSize: Int32
    /// Where everything is kept.
    let database: WalletDatabase

    /// What kind of wallet it is.
    package internal(set) var flags: WalletFlags
    /// Descriptors by id.
    package internal(set) var managers: [DescriptorManager] = []
    /// Where receiving addresses come from.
    package internal(set) var activeExternal: [OutputType: DescriptorManager] = [:]
    /// Where change addresses come from.
    package internal(set) var activeInternal: [OutputType: DescriptorManager] = [:]
    /// Every script of the wallet with the descriptors that make it.
    var scripts: [Script: [DescriptorManager]] = [:]

    /// All transactions.
    package internal(set) var transactions: [TransactionID: WalletTransaction] = [:]
    /// All transactions in the order of the wallet.
    package internal(set) var ordered: [WalletTransaction] = []
    /// Which transactions of the wallet spend an output.
    var spends: [OutPoint: [TransactionID]] = [:]
    /// Transactions in the mempool that contradict ones of the wallet.
    var mempoolOpponents: Set<TransactionID> = []
    /// Outputs that belong to the wallet, spent or not.
    package internal(set) var ownOutputs: [OutPoint: TransactionOutput] = [:]
    /// The place in the order that the next transaction gets.
    var nextOrderPosition: Int64

    /// Labels.
    package internal(set) var addressBook: AddressBook
    /// Locked outputs, and whether the lock is kept in the file.
    package internal(set) var lockedCoins: [OutPoint: Bool] = [:]

    /// Encryption keys, locked by passphrases.
    let masterKeys: [UInt32: MasterKeyRecord]
    /// The encryption key while the wallet is unlocked.
    var masterKey: SecretBytes?
    /// When the wallet locks again, seconds since 1970; 0 while it is locked.
    package internal(set) var unlockedUntil: Int64 = 0

    /// The last block that was processed; nil before the first.
    package internal(set) var lastBlock: BlockRef?
    /// Earliest time of use, seconds since 1970; the largest number if nothing was ever used.
    package internal(set) var birthTime = Int64.max
    /// Where the wallet stands according to its file.
    package internal(set) var storedLocator: BlockLocator
    /// Records that could not be used.
    package internal(set) var problems: [WalletContents.Problem]
    /// What changed since it was last taken.
    package var changes = WalletChanges()

    /// Opens a wallet file.
    ///
    /// - Throws: `WalletFileError` for what makes Core refuse the file; its description names the records.
    package convenience init(
        opening database: WalletDatabase, name: String, network: Network, keyPoolSize: Int32
    ) throws(WalletFileError) {
        let contents: WalletContents
        do throws(DatabaseError) {
            contents = try WalletContents(reading: database)
        } catch {
            throw .database(error)
        }
        try self.init(
            contents: contents, database: database, name: name, network: network, keyPoolSize: keyPoolSize)
    }

    init(
        contents: WalletContents, database: WalletDatabase, name: String, network: Network, keyPoolSize: Int32
    ) throws(WalletFileError) {
        self.database = database
        self.name = name
        self.network = network
        self.keyPoolSize = max(keyPoolSize, 1)
        flags = contents.flags
        masterKeys = contents.masterKeys
        nextOrderPosition = contents.nextOrderPosition
        storedLocator = contents.locator
        problems = contents.problems
        var unreadable: [WalletContents.Problem] = []
        addressBook = AddressBook(contents: contents, network: network) { record, text in
            unreadable.append(.init(record: record, text: text, severity: .harmless))
        }
        problems += unreadable
        try checkFlags()
        try checkProblems()
        for descriptor in contents.descriptors { load(descriptor) }
        for active in contents.active { load(active) }
        for transaction in contents.transactions { load(transaction) }
        for output in contents.lockedOutputs { lockedCoins[output] = true }
        ordered.sort { $0.details.orderPosition < $1.details.orderPosition }
        try checkProblems()
    }

    private func checkFlags() throws(WalletFileError) {
        guard !flags.hasUnknownMandatory else { throw .tooNew(path: database.path) }
        guard flags.contains(.descriptors) else { throw .legacy(path: database.path) }
        guard !flags.contains(.externalSigner) else { throw .externalSigner(path: database.path) }
    }

    private func checkProblems() throws(WalletFileError) {
        switch problems.map(\.severity).max() {
        case .legacy: throw .unexpectedLegacyEntry(path: database.path)
        case .unknownDescriptor: throw .unknownDescriptor(path: database.path, problems.map(\.description))
        case .corrupt: throw .corrupt(path: database.path, problems.map(\.description))
        case .harmless, .unknown, nil: break
        }
    }

    private func load(_ descriptor: WalletContents.Descriptor) {
        do throws(WalletRecordError) {
            let manager = try DescriptorManager(loading: descriptor, network: network)
            add(manager)
        } catch {
            var severity = WalletContents.Problem.Severity.corrupt
            if case .unknownDescriptor = error { severity = .unknownDescriptor }
            let id = WalletContents.Problem.name(of: .descriptor, descriptor.id)
            problems.append(.init(record: id, text: error.description, severity: severity))
        }
    }

    private func load(_ active: WalletContents.ActiveDescriptor) {
        guard let manager = manager(id: active.id) else {
            let type: RecordType = active.isInternal ? .activeInternalManager : .activeExternalManager
            problems.append(
                .init(
                    record: WalletContents.Problem.name(of: type, active.id), text: "its descriptor is missing",
                    severity: .corrupt))
            return
        }
        activate(manager, kind: active.kind, isInternal: active.isInternal)
    }

    private func load(_ stored: WalletContents.StoredTransaction) {
        let transaction = WalletTransaction(stored: stored)
        transactions[transaction.id] = transaction
        ordered.append(transaction)
        addSpends(of: transaction)
        considerBirthTime(transaction.time)
        addOwnOutputs(of: transaction)
    }

    /// The descriptor of that id.
    package func manager(id: Hash256) -> DescriptorManager? { managers.first { $0.id == id } }

    /// Makes a descriptor part of the wallet.
    func add(_ manager: DescriptorManager) {
        managers.append(manager)
        considerBirthTime(Int64(clamping: manager.record.creationTime))
        add(manager.scripts.keys, of: manager)
    }

    /// Takes in new scripts of a descriptor.
    func add(_ new: some Sequence<Script>, of manager: DescriptorManager) {
        for script in new {
            if scripts[script]?.contains(where: { $0 === manager }) != true {
                scripts[script, default: []].append(manager)
            }
        }
    }

    /// Makes a descriptor the source of new addresses of a kind.
    func activate(_ manager: DescriptorManager, kind: OutputType, isInternal: Bool) {
        if isInternal {
            activeInternal[kind] = manager
            if activeExternal[kind] === manager { activeExternal[kind] = nil }
        } else {
            activeExternal[kind] = manager
            if activeInternal[kind] === manager { activeInternal[kind] = nil }
        }
    }

    /// Makes `birthTime` earlier if `time` is.
    func considerBirthTime(_ time: Int64) { birthTime = min(birthTime, time) }

    /// Copies the whole file.
    ///
    /// - Throws: `DatabaseError`.
    package func backUp(to path: String) throws(DatabaseError) { try database.backUp(to: path) }

    /// Takes what changed.
    package func takeChanges() -> WalletChanges {
        defer { changes = WalletChanges() }
        return changes
    }
}
