/// The code of a JSON-RPC error, as in Core's rpc/protocol.h.
package struct RPCErrorCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    package let rawValue: Int

    /// A code by its number.
    package init(rawValue: Int) { self.rawValue = rawValue }

    // Of JSON-RPC 2.0.
    /// The request is no request.
    package static let invalidRequest = RPCErrorCode(rawValue: -32600)
    /// There is no such method.
    package static let methodNotFound = RPCErrorCode(rawValue: -32601)
    /// Parameters that no method takes.
    package static let invalidParameters = RPCErrorCode(rawValue: -32602)
    /// A fault of the program or its data.
    package static let internalError = RPCErrorCode(rawValue: -32603)
    /// The text is no JSON.
    package static let parseError = RPCErrorCode(rawValue: -32700)

    // General.
    /// Any other failure; also help for a wrong number of arguments.
    package static let miscellaneous = RPCErrorCode(rawValue: -1)
    /// No longer used.
    package static let forbiddenBySafeMode = RPCErrorCode(rawValue: -2)
    /// A value of another type.
    package static let typeError = RPCErrorCode(rawValue: -3)
    /// An address, key or id that is invalid or unknown.
    package static let invalidAddressOrKey = RPCErrorCode(rawValue: -5)
    /// Memory ran out.
    package static let outOfMemory = RPCErrorCode(rawValue: -7)
    /// A value that is invalid, missing or given twice.
    package static let invalidParameter = RPCErrorCode(rawValue: -8)
    /// The database failed.
    package static let databaseError = RPCErrorCode(rawValue: -20)
    /// Bytes that cannot be read.
    package static let deserializationError = RPCErrorCode(rawValue: -22)
    /// A transaction or block could not be taken.
    package static let verifyError = RPCErrorCode(rawValue: -25)
    /// A transaction or block breaks the rules.
    package static let verifyRejected = RPCErrorCode(rawValue: -26)
    /// The transaction is in the chain already.
    package static let verifyAlreadyInUtxoSet = RPCErrorCode(rawValue: -27)
    /// The program is still starting.
    package static let inWarmup = RPCErrorCode(rawValue: -28)
    /// The method or its use is deprecated.
    package static let methodDeprecated = RPCErrorCode(rawValue: -32)
    /// Something bounded is full.
    package static let limitExceeded = RPCErrorCode(rawValue: -37)

    // P2P and chain.
    /// There are no peers.
    package static let clientNotConnected = RPCErrorCode(rawValue: -9)
    /// Blocks are still being fetched.
    package static let clientInInitialDownload = RPCErrorCode(rawValue: -10)
    /// The peer was added before.
    package static let clientNodeAlreadyAdded = RPCErrorCode(rawValue: -23)
    /// The peer was not added.
    package static let clientNodeNotAdded = RPCErrorCode(rawValue: -24)
    /// The peer is not connected.
    package static let clientNodeNotConnected = RPCErrorCode(rawValue: -29)
    /// The text is no address or subnet.
    package static let clientInvalidIPOrSubnet = RPCErrorCode(rawValue: -30)
    /// There is no network.
    package static let clientP2PDisabled = RPCErrorCode(rawValue: -31)
    /// There is no mempool.
    package static let clientMempoolDisabled = RPCErrorCode(rawValue: -33)
    /// There are too many peers.
    package static let clientNodeCapacityReached = RPCErrorCode(rawValue: -34)

    // Wallet.
    /// Any other failure of a wallet.
    package static let walletError = RPCErrorCode(rawValue: -4)
    /// There are not enough coins.
    package static let walletInsufficientFunds = RPCErrorCode(rawValue: -6)
    /// The label is invalid or unknown.
    package static let walletInvalidLabelName = RPCErrorCode(rawValue: -11)
    /// There are no addresses left.
    package static let walletKeypoolRanOut = RPCErrorCode(rawValue: -12)
    /// The wallet is locked.
    package static let walletUnlockNeeded = RPCErrorCode(rawValue: -13)
    /// The passphrase is wrong.
    package static let walletPassphraseIncorrect = RPCErrorCode(rawValue: -14)
    /// The wallet is encrypted, or is not.
    package static let walletWrongEncryptionState = RPCErrorCode(rawValue: -15)
    /// The wallet could not be encrypted.
    package static let walletEncryptionFailed = RPCErrorCode(rawValue: -16)
    /// The wallet is unlocked.
    package static let walletAlreadyUnlocked = RPCErrorCode(rawValue: -17)
    /// There is no such wallet.
    package static let walletNotFound = RPCErrorCode(rawValue: -18)
    /// There are several wallets and none was named.
    package static let walletNotSpecified = RPCErrorCode(rawValue: -19)
    /// The wallet is loaded.
    package static let walletAlreadyLoaded = RPCErrorCode(rawValue: -35)
    /// There is a wallet of that name.
    package static let walletAlreadyExists = RPCErrorCode(rawValue: -36)
}
