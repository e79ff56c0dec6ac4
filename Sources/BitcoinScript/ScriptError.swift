/// Why a script does not allow a spend. The raw value is Core's name, without `SCRIPT_ERR_` (script_error.h).
package enum ScriptError: String, Error, Hashable, Sendable, CaseIterable {
    /// The stack ended empty or with a false item on top.
    case evalFalse = "EVAL_FALSE"
    /// `OP_RETURN` was run.
    case opReturn = "OP_RETURN"
    /// An item is too long to be a number, or not in its shortest form where that is demanded.
    case scriptNumber = "SCRIPTNUM"
    /// More than 10 000 bytes of script.
    case scriptSize = "SCRIPT_SIZE"
    /// An item of more than 520 bytes.
    case pushSize = "PUSH_SIZE"
    /// More than 201 operations.
    case operationCount = "OP_COUNT"
    /// More than 1000 items.
    case stackSize = "STACK_SIZE"
    /// A multisig of more signatures than keys, or fewer than none.
    case signatureCount = "SIG_COUNT"
    /// A multisig of more than 20 keys, or fewer than none.
    case publicKeyCount = "PUBKEY_COUNT"
    /// `OP_VERIFY` met a false item.
    case verify = "VERIFY"
    /// `OP_EQUALVERIFY` met different items.
    case equalVerify = "EQUALVERIFY"
    /// `OP_CHECKMULTISIGVERIFY` met signatures that do not fit.
    case checkMultiSigVerify = "CHECKMULTISIGVERIFY"
    /// `OP_CHECKSIGVERIFY` met a signature that does not fit.
    case checkSigVerify = "CHECKSIGVERIFY"
    /// `OP_NUMEQUALVERIFY` met different numbers.
    case numEqualVerify = "NUMEQUALVERIFY"
    /// An opcode without a meaning was run, or a push runs over the end of the script.
    case badOpcode = "BAD_OPCODE"
    /// An opcode that was switched off in 2010 stands in the script, run or not.
    case disabledOpcode = "DISABLED_OPCODE"
    /// An operation needs more items than there are.
    case invalidStackOperation = "INVALID_STACK_OPERATION"
    /// The second stack is empty.
    case invalidAltStackOperation = "INVALID_ALTSTACK_OPERATION"
    /// `OP_IF`, `OP_ELSE` and `OP_ENDIF` do not match.
    case unbalancedConditional = "UNBALANCED_CONDITIONAL"
    /// A lock time below zero.
    case negativeLockTime = "NEGATIVE_LOCKTIME"
    /// The transaction does not wait as long as the script demands.
    case unsatisfiedLockTime = "UNSATISFIED_LOCKTIME"
    /// A hash type without a meaning.
    case signatureHashType = "SIG_HASHTYPE"
    /// A signature that is not in strict DER.
    case signatureDER = "SIG_DER"
    /// A push that has a shorter form.
    case minimalData = "MINIMALDATA"
    /// An input script that does more than push.
    case signaturePushOnly = "SIG_PUSHONLY"
    /// A signature with its second number in the upper half.
    case signatureHighS = "SIG_HIGH_S"
    /// The item that a multisig takes too many is not empty.
    case signatureNullDummy = "SIG_NULLDUMMY"
    /// A public key of no known form.
    case publicKeyType = "PUBKEYTYPE"
    /// Not one item was left.
    case cleanStack = "CLEANSTACK"
    /// `OP_IF` in witness version 0 met something else than nothing or 1.
    case minimalIf = "MINIMALIF"
    /// A signature that does not fit is not empty.
    case signatureNullFail = "SIG_NULLFAIL"
    /// An `OP_NOP` that may get a meaning was run.
    case discourageUpgradableNops = "DISCOURAGE_UPGRADABLE_NOPS"
    /// A witness program without a meaning yet.
    case discourageUpgradableWitnessProgram = "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM"
    /// A leaf version without a meaning yet.
    case discourageUpgradableTaprootVersion = "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION"
    /// A tapscript holds an opcode that makes it succeed.
    case discourageSuccessOpcode = "DISCOURAGE_OP_SUCCESS"
    /// A tapscript used a public key of a kind without a meaning yet.
    case discourageUpgradablePublicKeyType = "DISCOURAGE_UPGRADABLE_PUBKEYTYPE"
    /// A program of witness version 0 with neither 20 nor 32 bytes.
    case witnessProgramWrongLength = "WITNESS_PROGRAM_WRONG_LENGTH"
    /// The witness is missing.
    case witnessProgramWitnessEmpty = "WITNESS_PROGRAM_WITNESS_EMPTY"
    /// The witness is not what the program commits to.
    case witnessProgramMismatch = "WITNESS_PROGRAM_MISMATCH"
    /// A witness output is spent with an input script.
    case witnessMalleated = "WITNESS_MALLEATED"
    /// A wrapped witness output is spent with more than its redeem script.
    case witnessMalleatedP2SH = "WITNESS_MALLEATED_P2SH"
    /// A witness where none is used.
    case witnessUnexpected = "WITNESS_UNEXPECTED"
    /// A key in witness version 0 that is not compressed.
    case witnessPublicKeyType = "WITNESS_PUBKEYTYPE"
    /// A Schnorr signature of neither 64 nor 65 bytes.
    case schnorrSignatureSize = "SCHNORR_SIG_SIZE"
    /// A Schnorr signature with a hash type that is not allowed, or for an output that is not there.
    case schnorrSignatureHashType = "SCHNORR_SIG_HASHTYPE"
    /// A Schnorr signature that does not fit.
    case schnorrSignature = "SCHNORR_SIG"
    /// A control block that is not 33 bytes and up to 128 hashes.
    case taprootWrongControlSize = "TAPROOT_WRONG_CONTROL_SIZE"
    /// More signature checks than the size of the witness allows.
    case tapscriptValidationWeight = "TAPSCRIPT_VALIDATION_WEIGHT"
    /// `OP_CHECKMULTISIG` was run in a tapscript.
    case tapscriptCheckMultiSig = "TAPSCRIPT_CHECKMULTISIG"
    /// `OP_IF` in a tapscript met something else than nothing or 1.
    case tapscriptMinimalIf = "TAPSCRIPT_MINIMALIF"
    /// A tapscript used a public key of no bytes.
    case tapscriptEmptyPublicKey = "TAPSCRIPT_EMPTY_PUBKEY"
    /// `OP_CODESEPARATOR` stands in a script outside of witnesses.
    case codeSeparator = "OP_CODESEPARATOR"
    /// A script holds the signature that is checked in it.
    case signatureFindAndDelete = "SIG_FINDANDDELETE"

    /// Core's text for logs and RPC (`ScriptErrorString`).
    package var message: String {
        switch self {
        case .evalFalse: "Script evaluated without error but finished with a false/empty top stack element"
        case .opReturn: "OP_RETURN was encountered"
        case .scriptNumber: "Script number overflowed or is non-minimally encoded"
        case .scriptSize: "Script is too big"
        case .pushSize: "Push value size limit exceeded"
        case .operationCount: "Operation limit exceeded"
        case .stackSize: "Stack size limit exceeded"
        case .signatureCount: "Signature count negative or greater than pubkey count"
        case .publicKeyCount: "Pubkey count negative or limit exceeded"
        case .verify: "Script failed an OP_VERIFY operation"
        case .equalVerify: "Script failed an OP_EQUALVERIFY operation"
        case .checkMultiSigVerify: "Script failed an OP_CHECKMULTISIGVERIFY operation"
        case .checkSigVerify: "Script failed an OP_CHECKSIGVERIFY operation"
        case .numEqualVerify: "Script failed an OP_NUMEQUALVERIFY operation"
        case .badOpcode: "Opcode missing or not understood"
        case .disabledOpcode: "Attempted to use a disabled opcode"
        case .invalidStackOperation: "Operation not valid with the current stack size"
        case .invalidAltStackOperation: "Operation not valid with the current altstack size"
        case .unbalancedConditional: "Invalid OP_IF construction"
        case .negativeLockTime: "Negative locktime"
        case .unsatisfiedLockTime: "Locktime requirement not satisfied"
        case .signatureHashType: "Signature hash type missing or not understood"
        case .signatureDER: "Non-canonical DER signature"
        case .minimalData: "Data push larger than necessary"
        case .signaturePushOnly: "Only push operators allowed in signatures"
        case .signatureHighS: "Non-canonical signature: S value is unnecessarily high"
        case .signatureNullDummy: "Dummy CHECKMULTISIG argument must be zero"
        case .publicKeyType: "Public key is neither compressed or uncompressed"
        case .cleanStack: "Stack size must be exactly one after execution"
        case .minimalIf: "OP_IF/NOTIF argument must be minimal"
        case .signatureNullFail: "Signature must be zero for failed CHECK(MULTI)SIG operation"
        case .discourageUpgradableNops: "NOPx reserved for soft-fork upgrades"
        case .discourageUpgradableWitnessProgram: "Witness version reserved for soft-fork upgrades"
        case .discourageUpgradableTaprootVersion: "Taproot version reserved for soft-fork upgrades"
        case .discourageSuccessOpcode: "OP_SUCCESSx reserved for soft-fork upgrades"
        case .discourageUpgradablePublicKeyType: "Public key version reserved for soft-fork upgrades"
        case .witnessProgramWrongLength: "Witness program has incorrect length"
        case .witnessProgramWitnessEmpty: "Witness program was passed an empty witness"
        case .witnessProgramMismatch: "Witness program hash mismatch"
        case .witnessMalleated: "Witness requires empty scriptSig"
        case .witnessMalleatedP2SH: "Witness requires only-redeemscript scriptSig"
        case .witnessUnexpected: "Witness provided for non-witness script"
        case .witnessPublicKeyType: "Using non-compressed keys in segwit"
        case .schnorrSignatureSize: "Invalid Schnorr signature size"
        case .schnorrSignatureHashType: "Invalid Schnorr signature hash type"
        case .schnorrSignature: "Invalid Schnorr signature"
        case .taprootWrongControlSize: "Invalid Taproot control block size"
        case .tapscriptValidationWeight: "Too much signature validation relative to witness weight"
        case .tapscriptCheckMultiSig: "OP_CHECKMULTISIG(VERIFY) is not available in tapscript"
        case .tapscriptMinimalIf: "OP_IF/NOTIF argument must be minimal in tapscript"
        case .tapscriptEmptyPublicKey: "Empty public key in tapscript"
        case .codeSeparator: "Using OP_CODESEPARATOR in non-witness script"
        case .signatureFindAndDelete: "Signature is found in scriptCode"
        }
    }
}

extension ScriptError: CustomStringConvertible {
    /// Core's text.
    package var description: String { message }
}
