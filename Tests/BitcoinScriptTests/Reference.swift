import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Foundation
import Glibc
import TestData

/// Another implementation of the rules, loaded as a library while the tests run.
///
/// - libbitcoinkernel, as the Python package `py-bitcoinkernel` brings it, or named by `BITCOINKERNEL_LIBRARY`: tells
///   valid from invalid under the consensus flags.
/// - A library named by `BITCOIN_SCRIPT_REFERENCE` with the function `reference_verify`, which takes a transaction, the
///   outputs it spends, both serialised, an input and flags, and returns Core's `ScriptError`: tells all errors apart
///   under all flags. It can be made from Core's own static libraries.
@safe
final class Reference {
    /// What the other side found.
    enum Verdict: Equatable {
        case valid
        case invalid(ScriptError?)

        /// Whether our verdict is the same, as far as the other side tells.
        func agrees(with error: ScriptError?) -> Bool {
            switch self {
            case .valid: error == nil
            case .invalid(let known): error != nil && (known == nil || known == error)
            }
        }
    }

    let knowsPolicy: Bool
    private typealias Implementation = (GeneratedSpend, Transaction, [ScriptFlags]) -> [Verdict]
    private let implementation: Implementation

    private init(knowsPolicy: Bool, _ implementation: @escaping Implementation) {
        self.knowsPolicy = knowsPolicy
        self.implementation = implementation
    }

    /// The verdicts on one spend under several flags.
    func verify(_ spend: GeneratedSpend, _ transaction: Transaction, _ flags: [ScriptFlags]) -> [Verdict] {
        implementation(spend, transaction, flags)
    }

    // MARK: Core's own code

    /// The library that tells all errors, if one is named.
    static func core() -> Reference? {
        guard let path = ProcessInfo.processInfo.environment["BITCOIN_SCRIPT_REFERENCE"],
            let library = unsafe dlopen(path, RTLD_NOW), let symbol = unsafe dlsym(library, "reference_verify")
        else { return nil }
        typealias Verify = @convention(c) (UnsafeRawPointer?, Int, UnsafeRawPointer?, Int, UInt32, UInt32) -> Int32
        let verify = unsafe unsafeBitCast(symbol, to: Verify.self)
        return Reference(knowsPolicy: true) { spend, transaction, flags in
            let bytes = transaction.encoded()
            var writer = ByteWriter()
            for output in spend.spent { output.encode(to: &writer) }
            let outputs = writer.bytes
            return flags.map { flags in
                let code = unsafe bytes.withUnsafeBytes { bytes in
                    unsafe outputs.withUnsafeBytes { outputs in
                        unsafe verify(
                            bytes.baseAddress, bytes.count, outputs.baseAddress, outputs.count, UInt32(spend.input),
                            flags.rawValue)
                    }
                }
                if code == 0 { return .valid }
                // The cases stand in Core's order; the first of them is number 2.
                let index = Int(code) - 2
                return .invalid(ScriptError.allCases.indices.contains(index) ? ScriptError.allCases[index] : nil)
            }
        }
    }

    // MARK: libbitcoinkernel

    /// The consensus library, if it is there.
    static func kernel() -> Reference? {
        guard let path = KernelFile.path, let library = unsafe dlopen(path, RTLD_NOW),
            let functions = unsafe KernelFunctions(library)
        else { return nil }
        return Reference(knowsPolicy: false) { spend, transaction, flags in
            unsafe functions.verify(spend, transaction, flags).map { $0 ? .valid : .invalid(nil) }
        }
    }
}

/// The functions of libbitcoinkernel that verify scripts (bitcoinkernel.h).
@unsafe
private struct KernelFunctions {
    typealias Create = @convention(c) (UnsafeRawPointer?, Int) -> OpaquePointer?
    typealias Destroy = @convention(c) (OpaquePointer?) -> Void
    typealias CreateOutput = @convention(c) (OpaquePointer?, Int64) -> OpaquePointer?
    typealias Precompute =
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, Int) -> OpaquePointer?
    typealias Verify =
        @convention(c) (
            OpaquePointer?, Int64, OpaquePointer?, OpaquePointer?, UInt32, UInt32, UnsafeMutablePointer<UInt8>?
        ) -> Int32

    let createTransaction: Create
    let destroyTransaction: Destroy
    let createScript: Create
    let destroyScript: Destroy
    let createOutput: CreateOutput
    let destroyOutput: Destroy
    let precompute: Precompute
    let destroyPrecomputed: Destroy
    let verifyScript: Verify

    init?(_ library: UnsafeMutableRawPointer) {
        guard let createTransaction = unsafe dlsym(library, "btck_transaction_create"),
            let destroyTransaction = unsafe dlsym(library, "btck_transaction_destroy"),
            let createScript = unsafe dlsym(library, "btck_script_pubkey_create"),
            let destroyScript = unsafe dlsym(library, "btck_script_pubkey_destroy"),
            let createOutput = unsafe dlsym(library, "btck_transaction_output_create"),
            let destroyOutput = unsafe dlsym(library, "btck_transaction_output_destroy"),
            let precompute = unsafe dlsym(library, "btck_precomputed_transaction_data_create"),
            let destroyPrecomputed = unsafe dlsym(library, "btck_precomputed_transaction_data_destroy"),
            let verifyScript = unsafe dlsym(library, "btck_script_pubkey_verify")
        else { return nil }
        unsafe self.createTransaction = unsafeBitCast(createTransaction, to: Create.self)
        unsafe self.destroyTransaction = unsafeBitCast(destroyTransaction, to: Destroy.self)
        unsafe self.createScript = unsafeBitCast(createScript, to: Create.self)
        unsafe self.destroyScript = unsafeBitCast(destroyScript, to: Destroy.self)
        unsafe self.createOutput = unsafeBitCast(createOutput, to: CreateOutput.self)
        unsafe self.destroyOutput = unsafeBitCast(destroyOutput, to: Destroy.self)
        unsafe self.precompute = unsafeBitCast(precompute, to: Precompute.self)
        unsafe self.destroyPrecomputed = unsafeBitCast(destroyPrecomputed, to: Destroy.self)
        unsafe self.verifyScript = unsafeBitCast(verifyScript, to: Verify.self)
    }

    func verify(_ spend: GeneratedSpend, _ transaction: Transaction, _ flags: [ScriptFlags]) -> [Bool] {
        let bytes = transaction.encoded()
        let parsed = unsafe bytes.withUnsafeBytes { unsafe createTransaction($0.baseAddress, $0.count) }
        let scripts = unsafe spend.spent.map { output -> OpaquePointer? in
            unsafe output.scriptPubKey.bytes.withUnsafeBytes { unsafe createScript($0.baseAddress, $0.count) }
        }
        var outputs = unsafe zip(scripts, spend.spent).map { unsafe createOutput($0.0, $0.1.value) }
        let data = unsafe precompute(parsed, &outputs, outputs.count)
        let verdicts = flags.map { flags in
            var status: UInt8 = 0
            return unsafe verifyScript(
                scripts[spend.input], spend.spent[spend.input].value, parsed, data, UInt32(spend.input),
                flags.rawValue, &status) == 1
        }
        unsafe destroyPrecomputed(data)
        for index in 0..<spend.spent.count {
            unsafe destroyOutput(outputs[index])
            unsafe destroyScript(scripts[index])
        }
        unsafe destroyTransaction(parsed)
        return verdicts
    }
}
