/// A snapshot of a wallet's state.
package struct WalletInfo: Sendable, Equatable {
    /// Wallet name.
    package var name: String
    /// Process id.
    package var processID: Int32
    /// Whether the keys are encrypted.
    package var encrypted: Bool
    /// Encrypted and without its key in memory.
    package var locked: Bool
    /// When the keys lock again, seconds since 1970; 0 if locked or never.
    package var unlockedUntil: Int64
    /// False for watch-only wallets.
    package var privateKeysEnabled: Bool
    /// Made without keys.
    package var blank: Bool
    /// Number of descriptors.
    package var descriptors: UInt32
    /// Number of transactions.
    package var transactions: UInt64
    /// Earliest time of use, seconds since 1970.
    package var birthTime: Int64
    /// Last block processed.
    package var lastBlock: BlockRef
    /// 0 to 1 during a scan; negative when none runs.
    package var scanProgress: Double
    /// Unknown or corrupt records found, by name.
    package var warnings: [String]

    /// Makes the value from its parts.
    package init(
        name: String,
        processID: Int32,
        encrypted: Bool,
        locked: Bool,
        unlockedUntil: Int64,
        privateKeysEnabled: Bool,
        blank: Bool,
        descriptors: UInt32,
        transactions: UInt64,
        birthTime: Int64,
        lastBlock: BlockRef,
        scanProgress: Double,
        warnings: [String]
    ) {
        self.name = name
        self.processID = processID
        self.encrypted = encrypted
        self.locked = locked
        self.unlockedUntil = unlockedUntil
        self.privateKeysEnabled = privateKeysEnabled
        self.blank = blank
        self.descriptors = descriptors
        self.transactions = transactions
        self.birthTime = birthTime
        self.lastBlock = lastBlock
        self.scanProgress = scanProgress
        self.warnings = warnings
    }
}
