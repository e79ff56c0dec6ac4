/// Where a wallet stands, as the node knows it.
package enum WalletState: UInt16, Sendable {
    /// Its process starts or catches up.
    case loading = 0
    /// Attached and usable.
    case attached = 1
    /// Could not be loaded, or its process died.
    case failed = 2
    /// Was detached.
    case detached = 3
}

/// How a wallet process came to be.
package enum WalletOrigin: UInt16, Sendable {
    /// Spawned by the node; it ends with the node.
    case spawned = 0
    /// Started by hand; it outlives the node and attaches again.
    case attached = 1
}
