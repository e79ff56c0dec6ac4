// Design note of BitcoinConsensus.
//
// The rules that every block of a chain obeys, as pure functions of explicit context: no clock, no files, no state.
//
// - `ChainParameters` says what differs between the five networks.
// - `BlockHeaderRules`, `BlockRules`, `TransactionRules` and `ConnectRules` are the rulebook: each is a list of checks
//   in Core's order, one line per rule. A broken rule is a thrown `ConsensusFailure`, whose raw value is the string
// that Core gives to peers and RPC clients.
// - Rules that need earlier headers take a `HeaderNode`, rules that need coins take the coins themselves, and the time
//   is an argument. So the same functions serve loading, mining and tests.
// - Running the scripts of a block takes threads and caches, so it is done elsewhere; which rules they obey is said
//   here. Only the one script of a signet block is run here.

package import BitcoinCrypto
package import BitcoinPrimitives
package import BitcoinScript

/// What differs between the five networks (Core's `CChainParams` and `Consensus::Params`).
package struct ChainParameters: Sendable {
    /// Which network this is.
    package var network: Network
    /// The four bytes before every message and every block record.
    package var messageStart: [UInt8]
    /// The port of the peer-to-peer network.
    package var defaultPort: UInt16
    /// Hosts that name peers in DNS.
    package var dnsSeeds: [String]
    /// The folder inside the data folder; empty on the main network.
    package var dataFolder: String
    /// Whether coins here are worth nothing by agreement.
    package var isTestChain: Bool
    /// Whether blocks are made on demand and the clock may be set (regtest).
    package var minesBlocksOnDemand: Bool
    /// The first block.
    package var genesis: Block

    /// The easiest target.
    package var powLimit: UInt256
    /// Seconds that a difficulty period should take.
    package var targetTimespan: Int64 = 14 * 24 * 60 * 60
    /// Seconds that a block should take.
    package var targetSpacing: Int64 = 10 * 60
    /// Whether a block later than twice the spacing may have the easiest target (test networks).
    package var allowsMinDifficultyBlocks = false
    /// Whether the rules of BIP94 hold (testnet4).
    package var enforcesBIP94 = false
    /// Whether the difficulty never changes (regtest).
    package var neverRetargets = false

    /// Blocks between two halvings of the subsidy.
    package var subsidyHalvingInterval = 210_000
    /// The first height whose coinbase must start with the height (BIP34).
    package var bip34Height = 1
    /// The block at that height on the one chain where BIP34 implies BIP30; zero where that is not known.
    package var bip34Hash = BlockHash.zero
    /// Blocks that break the script rules that else hold from the first block on, with those that they obey.
    package var scriptFlagExceptions: [BlockHash: ScriptFlags] = [:]
    /// The first height with OP_CHECKLOCKTIMEVERIFY (BIP65).
    package var bip65Height = 1
    /// The first height with strict DER signatures (BIP66).
    package var bip66Height = 1
    /// The first height with relative lock times (BIP68, 112, 113).
    package var csvHeight = 1
    /// The first height with segregated witness (BIP141, 143, 147).
    package var segwitHeight = 1
    /// Deployments by version bits, in Core's order.
    package var deployments: [VersionBitsDeployment]
    /// The script whose solution a signet block carries (BIP325); empty elsewhere.
    package var signetChallenge: [UInt8] = []

    /// The work that the best chain is known to have; a node below it is still in its initial download.
    package var minimumChainWork = UInt256.zero
    /// A block whose ancestors are known to have valid scripts; zero for none.
    package var assumeValid = BlockHash.zero
    /// What is known of the chain's transactions, to guess how far along a node is.
    package var transactionData = TransactionData(time: 0, count: 0, rate: 0)
    /// The expected size of the block files, in GB.
    package var assumedBlockchainSize = 0
    /// The expected size of the coin database, in GB.
    package var assumedChainstateSize = 0
    /// Sets of coins that are known to be right, so that a node may begin with one of them (assumeutxo).
    package var assumedSnapshots: [AssumedSnapshot] = []
    /// The lowest height at which block files may be deleted.
    package var pruneAfterHeight = 1000

    /// Blocks in a difficulty period.
    package var difficultyAdjustmentInterval: Int { Int(targetTimespan / targetSpacing) }

    /// The hash of the first block.
    package var genesisHash: BlockHash { genesis.header.hash }

    /// The coins after a block (Core's `AssumeutxoData`).
    package struct AssumedSnapshot: Sendable {
        /// The block's height.
        package var height: Int
        /// The block.
        package var block: BlockHash
        /// The hash over the coins (`hash_serialized_3`).
        package var coinsHash: Hash256
        /// Transactions up to the block.
        package var transactionCount: UInt64

        /// The coins after `block`, at `height`, known by their hash.
        package init(height: Int, block: BlockHash, coinsHash: Hash256, transactionCount: UInt64) {
            (self.height, self.block, self.coinsHash) = (height, block, coinsHash)
            self.transactionCount = transactionCount
        }
    }

    /// How many transactions a chain had at some time, and how fast they come (Core's `ChainTxData`).
    package struct TransactionData: Sendable {
        /// Unix time of the count.
        package var time: Int64
        /// Transactions up to then.
        package var count: UInt64
        /// Transactions in a second after then.
        package var rate: Double
    }
}

/// A soft fork that miners switch on by a bit in the block version (BIP9).
package struct VersionBitsDeployment: Sendable {
    /// Core's name for it, as in `getdeploymentinfo`.
    package var name: String
    /// The bit, 0 to 28.
    package var bit: Int
    /// Median time at which signalling starts; `neverActive` and `alwaysActive` are special.
    package var startTime: Int64
    /// Median time after which it fails.
    package var timeout: Int64
    /// Lowest height at which it may be active.
    package var minActivationHeight = 0
    /// Blocks in a period.
    package var period: Int
    /// Signalling blocks in a period that lock it in.
    package var threshold: Int

    /// The start time of a deployment that never comes.
    package static let neverActive: Int64 = -2
    /// The start time of a deployment that always holds.
    package static let alwaysActive: Int64 = -1
    /// The timeout of a deployment that does not fail.
    package static let noTimeout = Int64.max
}
