/// Which rules scripts must obey beyond those of the first client.
///
/// Every flag is a soft fork: what passes with more flags passes with fewer. The bits are those of Core and of
/// libbitcoinkernel. `witness` means nothing without `p2sh`, nor `cleanStack` without both.
package struct ScriptFlags: OptionSet, Hashable, Sendable {
    /// The bits.
    package let rawValue: UInt32

    /// Takes bits as they are.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Run redeem scripts (BIP16). Consensus.
    package static let p2sh = ScriptFlags(rawValue: 1 << 0)
    /// Strict signatures, hash types and public keys in every signature check. Policy.
    package static let strictEncoding = ScriptFlags(rawValue: 1 << 1)
    /// Signatures in strict DER (BIP66). Consensus.
    package static let derSignatures = ScriptFlags(rawValue: 1 << 2)
    /// Signatures in strict DER with their second number in the lower half (BIP62). Policy.
    package static let lowS = ScriptFlags(rawValue: 1 << 3)
    /// The item that `OP_CHECKMULTISIG` takes too many is empty (BIP147). Consensus.
    package static let nullDummy = ScriptFlags(rawValue: 1 << 4)
    /// Only pushes in input scripts (BIP62). Policy.
    package static let pushOnlyInputs = ScriptFlags(rawValue: 1 << 5)
    /// Shortest pushes and numbers (BIP62). Policy.
    package static let minimalData = ScriptFlags(rawValue: 1 << 6)
    /// No `OP_NOP` that may get a meaning is run. Policy.
    package static let discourageUpgradableNops = ScriptFlags(rawValue: 1 << 7)
    /// One item is left at the end (BIP62). Policy.
    package static let cleanStack = ScriptFlags(rawValue: 1 << 8)
    /// `OP_CHECKLOCKTIMEVERIFY` (BIP65). Consensus.
    package static let checkLockTimeVerify = ScriptFlags(rawValue: 1 << 9)
    /// `OP_CHECKSEQUENCEVERIFY` (BIP112). Consensus.
    package static let checkSequenceVerify = ScriptFlags(rawValue: 1 << 10)
    /// Run witness programs (BIP141). Consensus.
    package static let witness = ScriptFlags(rawValue: 1 << 11)
    /// No witness program without a meaning yet. Policy.
    package static let discourageUpgradableWitnessPrograms = ScriptFlags(rawValue: 1 << 12)
    /// `OP_IF` in witness version 0 takes nothing or 1. Policy; consensus in tapscript without this flag.
    package static let minimalIf = ScriptFlags(rawValue: 1 << 13)
    /// A signature that does not fit is empty (BIP146). Policy.
    package static let nullFail = ScriptFlags(rawValue: 1 << 14)
    /// Compressed keys in witness version 0 (BIP143). Policy.
    package static let witnessPublicKeyType = ScriptFlags(rawValue: 1 << 15)
    /// Neither `OP_CODESEPARATOR` nor a signature in the script that it signs, outside of witnesses. Policy.
    package static let constantScriptCode = ScriptFlags(rawValue: 1 << 16)
    /// Run taproot outputs (BIP341, BIP342). Consensus.
    package static let taproot = ScriptFlags(rawValue: 1 << 17)
    /// No leaf version without a meaning yet. Policy.
    package static let discourageUpgradableTaprootVersions = ScriptFlags(rawValue: 1 << 18)
    /// No `OP_SUCCESSx`. Policy.
    package static let discourageSuccessOpcodes = ScriptFlags(rawValue: 1 << 19)
    /// No public key of a kind without a meaning yet in tapscript. Policy.
    package static let discourageUpgradablePublicKeyTypes = ScriptFlags(rawValue: 1 << 20)

    /// The rules that blocks obey by now; a transaction that breaks one of them can be in no block to come.
    package static let mandatory: ScriptFlags = [
        .p2sh, .derSignatures, .nullDummy, .checkLockTimeVerify, .checkSequenceVerify, .witness, .taproot,
    ]

    /// What a transaction must obey to be relayed (Core's `STANDARD_SCRIPT_VERIFY_FLAGS`).
    package static let standard: ScriptFlags = [
        .mandatory, .strictEncoding, .minimalData, .discourageUpgradableNops, .cleanStack, .minimalIf, .nullFail,
        .lowS, .discourageUpgradableWitnessPrograms, .witnessPublicKeyType, .constantScriptCode,
        .discourageUpgradableTaprootVersions, .discourageSuccessOpcodes, .discourageUpgradablePublicKeyTypes,
    ]

    /// Core's names of the flags that are set, in the order of their letters, as `getdeploymentinfo` lists them.
    package var names: [String] {
        Self.namedFlags.filter { contains($0.flag) }.map(\.name).sorted()
    }

    /// The flag that Core calls by this name; nil if there is none.
    package init?(name: some StringProtocol) {
        guard let found = Self.namedFlags.first(where: { $0.name == name }) else { return nil }
        self = found.flag
    }

    private static let namedFlags: [(name: String, flag: ScriptFlags)] = [
        ("P2SH", .p2sh),
        ("STRICTENC", .strictEncoding),
        ("DERSIG", .derSignatures),
        ("LOW_S", .lowS),
        ("NULLDUMMY", .nullDummy),
        ("SIGPUSHONLY", .pushOnlyInputs),
        ("MINIMALDATA", .minimalData),
        ("DISCOURAGE_UPGRADABLE_NOPS", .discourageUpgradableNops),
        ("CLEANSTACK", .cleanStack),
        ("CHECKLOCKTIMEVERIFY", .checkLockTimeVerify),
        ("CHECKSEQUENCEVERIFY", .checkSequenceVerify),
        ("WITNESS", .witness),
        ("DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM", .discourageUpgradableWitnessPrograms),
        ("MINIMALIF", .minimalIf),
        ("NULLFAIL", .nullFail),
        ("WITNESS_PUBKEYTYPE", .witnessPublicKeyType),
        ("CONST_SCRIPTCODE", .constantScriptCode),
        ("TAPROOT", .taproot),
        ("DISCOURAGE_UPGRADABLE_TAPROOT_VERSION", .discourageUpgradableTaprootVersions),
        ("DISCOURAGE_OP_SUCCESS", .discourageSuccessOpcodes),
        ("DISCOURAGE_UPGRADABLE_PUBKEYTYPE", .discourageUpgradablePublicKeyTypes),
    ]
}
