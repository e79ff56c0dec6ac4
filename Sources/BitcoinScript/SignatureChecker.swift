import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding

/// By which rules a script runs.
enum SignatureVersion: Hashable, Sendable {
    /// Input and output scripts, and redeem scripts (BIP16).
    case base
    /// Witness version 0 (BIP141, BIP143).
    case witnessV0
    /// The leaves of taproot with version 0xc0 (BIP342).
    case tapscript
}

/// Answers what a script asks about the transaction: signatures and lock times of one input.
struct SignatureChecker {
    private let data: PrecomputedTransactionData
    private let input: Int
    private let cache: SignatureCache?
    private let remembers: Bool
    private var midstates = SignatureHashMidstates()

    init(_ data: PrecomputedTransactionData, input: Int, cache: SignatureCache?, remembers: Bool) {
        self.data = data
        self.input = input
        self.cache = cache
        self.remembers = remembers
    }

    /// Whether a signature with its hash type is one by `key` over the script code. For the two versions before
    /// taproot.
    mutating func isValid(
        _ signature: StackItem, by key: StackItem, over scriptCode: ArraySlice<UInt8>, version: SignatureVersion
    ) -> Bool {
        guard PublicKey.hasValidSize(key), let type = signature.last else { return false }
        let hash = signatureHash(scriptCode, SignatureHashType(type), version)
        let rest = signature.dropLast()
        return SignatureCache.check(cache, remembers, .ecdsa, hash, key, rest) {
            ECDSASignature(lax: rest)?.isValid(for: hash, by: key) ?? false
        }
    }

    /// Checks a Schnorr signature, which may hold a hash type.
    ///
    /// - Parameter key: 32 bytes.
    /// - Throws: whatever is wrong with the signature.
    func check(
        schnorr signature: StackItem, by key: StackItem, annexHash: Hash256?,
        tapscript: PrecomputedTransactionData.TapscriptContext?
    ) throws(ScriptError) {
        guard signature.count == 64 || signature.count == 65 else { throw .schnorrSignatureSize }
        var type = SignatureHashType.default
        if signature.count == 65, let last = signature.last {
            type = SignatureHashType(last)
            // The default type has no byte, or a signature could be written in two ways.
            guard type != .default else { throw .schnorrSignatureHashType }
        }
        guard
            let hash = data.taprootSignatureHash(
                input: input, type: type, annexHash: annexHash, tapscript: tapscript)
        else { throw .schnorrSignatureHashType }
        let rest = signature.prefix(64)
        let isValid = SignatureCache.check(cache, remembers, .schnorr, hash, key, rest) {
            XOnlyPublicKey.isValid(signature: rest, for: hash, by: key)
        }
        guard isValid else { throw .schnorrSignature }
    }

    /// Whether the transaction waits for the lock time that a script demands (BIP65).
    func isSatisfied(lockTime: Int64) -> Bool {
        let threshold: Int64 = 500_000_000
        let actual = Int64(data.transaction.lockTime)
        // Heights and times cannot be compared; and an input with the last sequence number switches lock times off.
        return (actual < threshold) == (lockTime < threshold) && lockTime <= actual
            && data.transaction.inputs[input].sequence != TransactionInput.finalSequence
    }

    /// Whether the input waits for the relative lock time that a script demands (BIP112). The version of a transaction
    /// has no sign here.
    func isSatisfied(sequence: Int64) -> Bool {
        let actual = Int64(data.transaction.inputs[input].sequence)
        guard data.transaction.version >= 2, actual & RelativeLockTime.disableFlag == 0 else { return false }
        let mask = RelativeLockTime.typeFlag | RelativeLockTime.valueMask
        let masked = sequence & mask
        let actualMasked = actual & mask
        return (actualMasked < RelativeLockTime.typeFlag) == (masked < RelativeLockTime.typeFlag)
            && masked <= actualMasked
    }

    private mutating func signatureHash(
        _ scriptCode: ArraySlice<UInt8>, _ type: SignatureHashType, _ version: SignatureVersion
    ) -> Hash256 {
        if version == .base && data.signsNothing(input: input, type: type) { return .one }
        let midstate = midstates.midstate(for: scriptCode, type, version) {
            version == .base
                ? data.legacyMidstate(input: input, scriptCode: scriptCode, type: type)
                : data.segwitMidstate(input: input, scriptCode: scriptCode, type: type)
        }
        return data.finish(midstate, type)
    }
}

/// The bits of a sequence number that mean a relative lock time (BIP68).
enum RelativeLockTime {
    /// Set when the number means none.
    static let disableFlag: Int64 = 1 << 31
    /// Set when the number counts time instead of blocks.
    static let typeFlag: Int64 = 1 << 22
    /// The number itself.
    static let valueMask: Int64 = 0xffff
}

/// Hashes that lack nothing but their type, for the next signature in the same script.
///
/// A script can check many signatures, each of which would otherwise hash the whole transaction. Types with the same
/// meaning share a midstate, however they are written.
private struct SignatureHashMidstates {
    private struct Key: Equatable {
        var allowsOtherInputs: Bool
        var outputs: SignatureHashType.Outputs
        var version: SignatureVersion
    }

    private struct Entry {
        var key: Key
        var scriptCode: ArraySlice<UInt8>
        var midstate: SHA256Hasher
    }

    /// Of the first kind that was asked for: most inputs need no other.
    private var first: Entry?
    /// Of all other kinds.
    private var others: [Entry] = []

    /// The midstate for a script code and type, made by `make` unless it was the last one asked for of its kind.
    mutating func midstate(
        for scriptCode: ArraySlice<UInt8>, _ type: SignatureHashType, _ version: SignatureVersion,
        make: () -> SHA256Hasher
    ) -> SHA256Hasher {
        let key = Key(allowsOtherInputs: type.allowsOtherInputs, outputs: type.outputs, version: version)
        if let first, first.key == key, first.scriptCode.hasBytes(of: scriptCode) { return first.midstate }
        let known = others.firstIndex { $0.key == key }
        if let known, others[known].scriptCode.hasBytes(of: scriptCode) { return others[known].midstate }
        let entry = Entry(key: key, scriptCode: scriptCode, midstate: make())
        if first == nil || first?.key == key {
            first = entry
        } else if let known {
            others[known] = entry
        } else {
            others.append(entry)
        }
        return entry.midstate
    }
}
