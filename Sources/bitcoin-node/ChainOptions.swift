import BitcoinChain
import BitcoinCommon
import BitcoinConsensus
import BitcoinNode
import BitcoinPrimitives
import Foundation

/// The options of the chain, checked, with Core's texts for what is wrong (node/chainstatemanager_args.cpp,
/// chainparams.cpp).
struct ChainOptions {
    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    /// The network's parameters, as the options change them.
    func parameters(for network: Network) throws(OptionError) -> ChainParameters {
        try refuseTestOptions(on: network)
        var parameters = ChainParameters.parameters(for: network)
        if network == .signet, let challenge = try arguments.signetChallenge() {
            parameters = .signet(challenge: challenge.bytes)
        }
        if arguments.strings("test").contains("bip94") { parameters.enforcesBIP94 = true }
        for text in arguments.strings("testactivationheight") { try setHeight(text, &parameters) }
        for text in arguments.strings("vbparams") { try setDeployment(text, &parameters) }
        if network == .regtest, arguments.boolean("fastprune") ?? false { parameters.pruneAfterHeight = 100 }
        if let text = arguments.string("minimumchainwork") {
            guard let work = Self.hex(text).flatMap({ UInt256(hex: $0) }) else {
                throw OptionError("Invalid minimum work specified (\(text)), must be up to 64 hex digits")
            }
            parameters.minimumChainWork = work
        }
        return parameters
    }

    /// Refuses what must not change the rules of a network with coins of worth.
    private func refuseTestOptions(on network: Network) throws(OptionError) {
        if network == .main {
            for name in ["testactivationheight", "vbparams"] where arguments.isSet(name) {
                throw OptionError("The -\(name) option may not be used on mainnet.")
            }
        }
        if network != .regtest, !arguments.strings("test").isEmpty {
            throw OptionError("-test=<option> can only be used with regtest")
        }
    }

    /// Where the chain lies, and how it is kept.
    ///
    /// - Parameters:
    ///   - parameters: the network's parameters.
    ///   - directory: the datadir of the network.
    ///   - now: the time in Unix seconds.
    func configuration(
        _ parameters: ChainParameters, directory: String, now: @escaping @Sendable () -> Int64
    ) throws(OptionError) -> ChainState.Configuration {
        var configuration = ChainState.Configuration(
            parameters: parameters, directory: directory, blocksDirectory: try blocksDirectory(directory), now: now)
        if arguments.boolean("reindex") ?? false {
            configuration.rebuild = .everything
        } else if arguments.boolean("reindex-chainstate") ?? false {
            configuration.rebuild = .coins
        }
        configuration.pruning = try pruning()
        configuration.cacheSize = cacheSize - indexCaches(try indexes()).total
        if let size = arguments.integer("dbbatchsize"), size > 0 { configuration.batchSize = Int(clamping: size) }
        if !(arguments.boolean("blocksxor") ?? true) { configuration.newKey = [UInt8](repeating: 0, count: 8) }
        if parameters.network == .regtest, arguments.boolean("fastprune") ?? false { configuration.sizes = .fastPrune }
        configuration.scriptThreads = scriptThreads
        if let count = arguments.integer("prevoutfetchthreads") {
            guard count >= 0 else {
                throw OptionError(
                    "-prevoutfetchthreads must be non-negative (got \(count)). Use 0 to disable parallel input fetching."
                )
            }
            configuration.fetchThreads = Int(min(count, 16))
        }
        if let size = arguments.integer("maxsigcachesize") {
            configuration.signatureCacheSize = Int(clamping: max(0, min(size, 1 << 20)) << 20)
        }
        if let text = arguments.string("assumevalid") {
            guard let digits = Self.hex(text), let hash = BlockHash(hex: digits) else {
                throw OptionError(
                    "Invalid assumevalid block hash specified (\(text)), must be up to 64 hex digits (or 0 to disable)")
            }
            configuration.assumedValid = hash
        }
        if let height = arguments.integer("stopatheight") { configuration.stopHeight = Int(clamping: height) }
        if let age = arguments.integer("maxtipage") { configuration.maxTipAge = age }
        return configuration
    }

    /// What the user should know of the options, though it keeps nothing from starting.
    var warnings: [String] {
        arguments.strings("test").filter { !Self.testOptions.contains($0) }.map {
            "Unrecognised option \"\($0)\" provided in -test=<option>."
        }
    }

    /// The values of `-test` that Core knows.
    private static let testOptions = ["addrman", "reindex_after_failure_noninteractive_yes", "bip94"]

    /// Which old blocks are deleted.
    private func pruning() throws(OptionError) -> Pruning {
        let size = arguments.integer("prune") ?? 0
        guard size != 0 else { return .none }
        guard size > 0 else { throw OptionError("Prune cannot be configured with a negative value.") }
        for name in ["txindex", "txospenderindex"] where arguments.boolean(name) ?? false {
            throw OptionError("Prune mode is incompatible with -\(name).")
        }
        if arguments.boolean("reindex-chainstate") ?? false {
            throw OptionError("Prune mode is incompatible with -reindex-chainstate. Use full -reindex instead.")
        }
        if size == 1 { return .manual }
        let target = UInt64(min(size, 1 << 40)) << 20
        guard target >= Pruning.minimumTarget else {
            throw OptionError(
                "Prune configured below the minimum of \(Pruning.minimumTarget >> 20) MiB.  Please use a higher number."
            )
        }
        return .automatic(target: target)
    }

    /// The indexes that are kept.
    func indexes() throws(OptionError) -> IndexOptions {
        var options = IndexOptions()
        options.transactions = arguments.boolean("txindex") ?? false
        options.spenders = arguments.boolean("txospenderindex") ?? false
        options.coinStatistics = arguments.boolean("coinstatsindex") ?? false
        let filters = arguments.strings("blockfilterindex")
        if let last = filters.last, last != "0" {
            if last != "", last != "1", let name = filters.first(where: { $0 != "basic" }) {
                throw OptionError("Unknown -blockfilterindex value \(name).")
            }
            options.filters = true
        }
        let caches = indexCaches(options)
        (options.transactionCache, options.spenderCache, options.filterCache) = (
            caches.transactions, caches.spenders, caches.filters
        )
        return options
    }

    /// What the indexes get of `-dbcache` (Core's node/caches.cpp).
    private func indexCaches(
        _ options: IndexOptions
    ) -> (transactions: Int, spenders: Int, filters: Int, total: Int) {
        let limit = 1 << 30
        let transactions = options.transactions ? min(cacheSize / 10, limit) : 0
        let spenders = options.spenders ? min(cacheSize / 20, limit) : 0
        let filters = options.filters ? min(cacheSize / 20, limit) : 0
        return (transactions, spenders, filters, transactions + spenders + filters)
    }

    /// What of the last blocks is checked again at start.
    var checks: VerificationScope {
        var scope = VerificationScope()
        if let count = arguments.integer("checkblocks") { scope.blockCount = Int(clamping: count) }
        if let level = arguments.integer("checklevel") { scope.level = Int(clamping: level) }
        return scope
    }

    /// The folder that holds `blocks`.
    private func blocksDirectory(_ directory: String) throws(OptionError) -> String {
        guard let given = arguments.string("blocksdir"), !given.isEmpty, given != "0" else { return directory }
        let path = URL(fileURLWithPath: given).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: path) else {
            throw OptionError("Specified blocks directory \"\(given)\" does not exist.")
        }
        return path + directory.dropFirst(arguments.baseDirectory.count)
    }

    private var cacheSize: Int {
        guard let size = arguments.integer("dbcache") else {
            return Foundation.ProcessInfo.processInfo.physicalMemory >= 4 << 30 ? 1 << 30 : 450 << 20
        }
        return Int(clamping: max(4, min(size, 1 << 30))) << 20
    }

    private var scriptThreads: Int {
        var count = Int(clamping: arguments.integer("par") ?? 0)
        // The limit of Core's.
        if count <= 0 { count += ScriptChecks.processorCount }
        return max(1, min(count, 16))
    }

    private func setHeight(_ text: String, _ parameters: inout ChainParameters) throws(OptionError) {
        let form = "for -testactivationheight=name@height."
        guard let separator = text.firstIndex(of: "@") else { throw OptionError("Invalid format (\(text)) \(form)") }
        guard let height = Int32(text[text.index(after: separator)...]), height >= 0, height < .max else {
            throw OptionError("Invalid height value (\(text)) \(form)")
        }
        switch text[..<separator] {
        case "segwit": parameters.segwitHeight = Int(height)
        case "bip34": parameters.bip34Height = Int(height)
        case "dersig": parameters.bip66Height = Int(height)
        case "cltv": parameters.bip65Height = Int(height)
        case "csv": parameters.csvHeight = Int(height)
        default: throw OptionError("Invalid name (\(text)) \(form)")
        }
    }

    private func setDeployment(_ text: String, _ parameters: inout ChainParameters) throws(OptionError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4 else {
            throw OptionError(
                "Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]")
        }
        guard let start = Int64(parts[1]) else { throw OptionError("Invalid nStartTime (\(parts[1]))") }
        guard let timeout = Int64(parts[2]) else { throw OptionError("Invalid nTimeout (\(parts[2]))") }
        var height: Int64 = 0
        if parts.count == 4 {
            guard let given = Int64(parts[3]) else { throw OptionError("Invalid min_activation_height (\(parts[3]))") }
            height = given
        }
        guard let index = parameters.deployments.firstIndex(where: { $0.name == parts[0] }) else {
            throw OptionError("Invalid deployment (\(parts[0]))")
        }
        parameters.deployments[index].startTime = start
        parameters.deployments[index].timeout = timeout
        parameters.deployments[index].minActivationHeight = Int(clamping: height)
    }

    /// 64 hexadecimal digits of up to that many, which may follow `0x`; nil for anything else.
    private static func hex(_ text: String) -> String? {
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
        guard !digits.isEmpty, digits.count <= 64, digits.allSatisfy(\.isHexDigit), digits.allSatisfy(\.isASCII) else {
            return nil
        }
        return String(repeating: "0", count: 64 - digits.count) + digits.lowercased()
    }
}
