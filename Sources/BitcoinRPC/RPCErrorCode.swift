/// The code of a JSON-RPC error, as in Core's rpc/protocol.h.
package struct RPCErrorCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    package let rawValue: Int

    /// A code by its number.
    package init(rawValue: Int) { self.rawValue = rawValue }

    // Of JSON-RPC 2.0.
    package static let invalidRequest = RPCErrorCode(rawValue: -32600)
    package static let methodNotFound = RPCErrorCode(rawValue: -32601)
    package static let invalidParameters = RPCErrorCode(rawValue: -32602)
    package static let internalError = RPCErrorCode(rawValue: -32603)
    package static let parseError = RPCErrorCode(rawValue: -32700)

    // General.
    package static let miscellaneous = RPCErrorCode(rawValue: -1)
    package static let forbiddenBySafeMode = RPCErrorCode(rawValue: -2)
    package static let typeError = RPCErrorCode(rawValue: -3)
    package static let invalidAddressOrKey = RPCErrorCode(rawValue: -5)
    package static let outOfMemory = RPCErrorCode(rawValue: -7)
    package static let invalidParameter = RPCErrorCode(rawValue: -8)
    package static let databaseError = RPCErrorCode(rawValue: -20)
    package static let deserializationError = RPCErrorCode(rawValue: -22)
    package static let verifyError = RPCErrorCode(rawValue: -25)
    package static let verifyRejected = RPCErrorCode(rawValue: -26)
    package static let verifyAlreadyInUtxoSet = RPCErrorCode(rawValue: -27)
    package static let inWarmup = RPCErrorCode(rawValue: -28)
    package static let methodDeprecated = RPCErrorCode(rawValue: -32)
    package static let limitExceeded = RPCErrorCode(rawValue: -37)

    // P2P and chain.
    package static let clientNotConnected = RPCErrorCode(rawValue: -9)
    package static let clientInInitialDownload = RPCErrorCode(rawValue: -10)
    package static let clientNodeAlreadyAdded = RPCErrorCode(rawValue: -23)
    package static let clientNodeNotAdded = RPCErrorCode(rawValue: -24)
    package static let clientNodeNotConnected = RPCErrorCode(rawValue: -29)
    package static let clientInvalidIPOrSubnet = RPCErrorCode(rawValue: -30)
    package static let clientP2PDisabled = RPCErrorCode(rawValue: -31)
    package static let clientMempoolDisabled = RPCErrorCode(rawValue: -33)
    package static let clientNodeCapacityReached = RPCErrorCode(rawValue: -34)

    // Wallet.
    package static let walletError = RPCErrorCode(rawValue: -4)
    package static let walletInsufficientFunds = RPCErrorCode(rawValue: -6)
    package static let walletInvalidLabelName = RPCErrorCode(rawValue: -11)
    package static let walletKeypoolRanOut = RPCErrorCode(rawValue: -12)
    package static let walletUnlockNeeded = RPCErrorCode(rawValue: -13)
    package static let walletPassphraseIncorrect = RPCErrorCode(rawValue: -14)
    package static let walletWrongEncryptionState = RPCErrorCode(rawValue: -15)
    package static let walletEncryptionFailed = RPCErrorCode(rawValue: -16)
    package static let walletAlreadyUnlocked = RPCErrorCode(rawValue: -17)
    package static let walletNotFound = RPCErrorCode(rawValue: -18)
    package static let walletNotSpecified = RPCErrorCode(rawValue: -19)
    package static let walletAlreadyLoaded = RPCErrorCode(rawValue: -35)
    package static let walletAlreadyExists = RPCErrorCode(rawValue: -36)
}
