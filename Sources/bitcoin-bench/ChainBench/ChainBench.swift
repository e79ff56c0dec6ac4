import Foundation

/// `bitcoin-bench chain`: connecting a long chain, and starting with a short and a long one, beside Core doing the
/// same.
///
/// The chains are made here, alike in every run. Each node takes them in once; what is measured is
/// `-reindex-chainstate` from its own block files, with all scripts verified, and the time until it is ready. Ours and
/// Core's runs take turns.
struct ChainBench {
    private let settings: IpcBenchSettings
    private let chain: ChainBenchSettings
    private let ours: MeasuredNode
    private let core: MeasuredNode?

    init(_ settings: IpcBenchSettings, _ chain: ChainBenchSettings) throws {
        self.settings = settings
        self.chain = chain
        ours = try .ours(chain.node)
        core = chain.core.map { .core($0) }
    }

    /// Prints the lines.
    ///
    /// - Returns: 0; 2 if a target was missed and that is to be an error.
    func run() throws -> Int32 {
        try FileManager.default.createDirectory(atPath: chain.cache, withIntermediateDirectories: true)
        print(BesideCore.header("Chain, beside Bitcoin Core"))
        var isMissed = false
        var spending = SyntheticChain.Shape(
            name: "spending-4", emptyBlocks: 210, fundingBlocks: 20, spendingBlocks: 76)
        if settings.isQuick {
            spending = .init(
                name: "spending-quick-2", emptyBlocks: 101, fundingBlocks: 1, coinbasesPerBlock: 1,
                outputsPerCoinbase: 200, spendingBlocks: 2, inputsPerBlock: 80)
        }
        if isWanted("reindex-chainstate") { isMissed = try connect(spending, chain.options) || isMissed }
        // Scripts that cost nothing, and more coins than the cache has room for: the databases work.
        var coins = SyntheticChain.Shape(
            name: "coins-1", emptyBlocks: 300, fundingBlocks: 20, coinbasesPerBlock: 10, outputsPerCoinbase: 3000,
            spendingBlocks: 100, inputsPerBlock: 9600, kinds: [.anybody], forms: [(60, 300)], leastValue: 2)
        if settings.isQuick {
            coins = .init(
                name: "coins-quick-1", emptyBlocks: 101, fundingBlocks: 1, coinbasesPerBlock: 1,
                outputsPerCoinbase: 2000, spendingBlocks: 2, inputsPerBlock: 600, kinds: [.anybody],
                forms: [(60, 300)], leastValue: 2)
        }
        if isWanted("reindex-chainstate, many coins") { isMissed = try connect(coins, ["-dbcache=50"]) || isMissed }
        for count in settings.isQuick ? [200] : [200, 20_000] {
            guard isWanted("start, \(count) blocks") else { continue }
            isMissed = try start(blocks: count) || isMissed
        }
        return isMissed && settings.checksTargets ? 2 : 0
    }

    private func isWanted(_ name: String) -> Bool { settings.only.isEmpty || name.contains(settings.only) }

    private func connect(_ shape: SyntheticChain.Shape, _ options: [String]) throws -> Bool {
        let made = try SyntheticChain.make(shape, in: chain.cache)
        let folder = try ours.prepare(made, named: shape.name, in: chain.cache)
        let coreFolder = try core?.prepare(made, named: shape.name, in: chain.cache)
        let kind = shape.kinds == [.anybody] ? "many coins" : "\(shape.inputCount) inputs"
        var time = BesideCore("reindex-chainstate, \(kind), s", atMost: 1, digits: 2)
        var memory = BesideCore("  peak memory, MiB", atMost: 1, digits: 1)
        var processor = BesideCore("  time of all processors, s", atMost: nil, digits: 2)
        let options = options + ["-reindex-chainstate", "-stopafterblockimport"]
        for _ in 0..<settings.effectiveRounds {
            let mine = try ours.run(folder, options, until: made.tip)
            var theirs: ProcessUsage?
            if let core, let coreFolder { theirs = try core.run(coreFolder, options, until: made.tip) }
            time.add(ours: mine.seconds, core: theirs?.seconds)
            memory.add(ours: mine.peakMemory / 1_048_576, core: theirs.map { $0.peakMemory / 1_048_576 })
            processor.add(ours: mine.processorSeconds, core: theirs?.processorSeconds)
        }
        for line in [time, memory, processor] { print(line.text) }
        return time.isMissed || memory.isMissed
    }

    private func start(blocks count: Int) throws -> Bool {
        let shape = SyntheticChain.Shape(name: "empty-\(count)-2", emptyBlocks: count)
        let made = try SyntheticChain.make(shape, in: chain.cache)
        let folder = try ours.prepare(made, named: shape.name, in: chain.cache)
        let coreFolder = try core?.prepare(made, named: shape.name, in: chain.cache)
        var time = BesideCore("start, \(count) blocks, ms", atMost: 1.5, digits: 1)
        var memory = BesideCore("  memory, MiB", atMost: nil, digits: 1)
        // The first round only warms up.
        for round in 0...settings.effectiveRounds {
            let mine = try ours.start(folder, chain.options)
            var theirs: (seconds: Double, memory: Double)?
            if let core, let coreFolder { theirs = try core.start(coreFolder, chain.options) }
            guard round > 0 else { continue }
            time.add(ours: mine.seconds * 1000, core: theirs.map { $0.seconds * 1000 })
            memory.add(ours: mine.memory / 1_048_576, core: theirs.map { $0.memory / 1_048_576 })
        }
        for line in [time, memory] { print(line.text) }
        return time.isMissed
    }
}
