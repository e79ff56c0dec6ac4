import Foundation
import Glibc
import Synchronization
import TestData

/// libbitcoinkernel, as the Python package `py-bitcoinkernel` brings it, or named by `BITCOINKERNEL_LIBRARY`: Core's
/// own validation, loaded while the tests run (bitcoinkernel.h).
@safe
final class KernelLibrary: Sendable {
    /// The library; nil, with a note, when it is not there.
    static let shared: KernelLibrary? = {
        if let library = KernelLibrary() { return library }
        print("skipped: no libbitcoinkernel (pip install py-bitcoinkernel)")
        return nil
    }()

    // Functions of a library that is never unloaded; the pointers do not change.
    nonisolated(unsafe) let createParameters: @convention(c) (UInt8) -> OpaquePointer?
    nonisolated(unsafe) let consensusParameters: @convention(c) (OpaquePointer?) -> OpaquePointer?
    nonisolated(unsafe) let createContextOptions: @convention(c) () -> OpaquePointer?
    nonisolated(unsafe) let setParameters: @convention(c) (OpaquePointer?, OpaquePointer?) -> Void
    nonisolated(unsafe) let createContext: @convention(c) (OpaquePointer?) -> OpaquePointer?
    nonisolated(unsafe) let createOptions: @convention(c) (OpaquePointer?, Bytes, Int, Bytes, Int) -> OpaquePointer?
    nonisolated(unsafe) let keepIndexInMemory: @convention(c) (OpaquePointer?, Int32) -> Void
    nonisolated(unsafe) let keepCoinsInMemory: @convention(c) (OpaquePointer?, Int32) -> Void
    nonisolated(unsafe) let setWorkers: @convention(c) (OpaquePointer?, Int32) -> Void
    nonisolated(unsafe) let createManager: @convention(c) (OpaquePointer?) -> OpaquePointer?
    nonisolated(unsafe) let destroyManager: @convention(c) (OpaquePointer?) -> Void
    nonisolated(unsafe) let activeChain: @convention(c) (OpaquePointer?) -> OpaquePointer?
    nonisolated(unsafe) let height: @convention(c) (OpaquePointer?) -> Int32
    nonisolated(unsafe) let entryAtHeight: @convention(c) (OpaquePointer?, Int32) -> OpaquePointer?
    nonisolated(unsafe) let entryHash: @convention(c) (OpaquePointer?) -> OpaquePointer?
    nonisolated(unsafe) let hashBytes: @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt8>) -> Void
    nonisolated(unsafe) let createBlock: @convention(c) (UnsafeRawPointer?, Int) -> OpaquePointer?
    nonisolated(unsafe) let destroyBlock: @convention(c) (OpaquePointer?) -> Void
    nonisolated(unsafe) let countTransactions: @convention(c) (OpaquePointer?) -> Int
    nonisolated(unsafe) let processBlock:
        @convention(c) (OpaquePointer?, OpaquePointer?, UnsafeMutablePointer<Int32>) -> Int32
    nonisolated(unsafe) let createState: @convention(c) () -> OpaquePointer?
    nonisolated(unsafe) let checkBlock: @convention(c) (OpaquePointer?, OpaquePointer?, UInt32, OpaquePointer?) -> Int32
    nonisolated(unsafe) let createTransaction: @convention(c) (UnsafeRawPointer?, Int) -> OpaquePointer?
    nonisolated(unsafe) let destroyTransaction: @convention(c) (OpaquePointer?) -> Void
    nonisolated(unsafe) let transactionID: @convention(c) (OpaquePointer?) -> OpaquePointer?
    nonisolated(unsafe) let transactionIDBytes: @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt8>) -> Void

    typealias Bytes = UnsafePointer<CChar>?
    private typealias LogCallback = @convention(c) (UnsafeMutableRawPointer?, Bytes, Int) -> Void
    private typealias CreateLog =
        @convention(c) (LogCallback, UnsafeMutableRawPointer?, UnsafeRawPointer?) -> OpaquePointer?

    /// By thread: the library logs on the thread that calls it.
    private static let lines = Mutex<[UInt: [String]]>([:])

    /// What the library has logged on this thread since this was last asked for.
    func takeLog() -> [String] {
        Self.lines.withLock { $0.removeValue(forKey: pthread_self()) ?? [] }
    }

    private init?() {
        guard let path = KernelFile.path, let library = unsafe dlopen(path, RTLD_NOW) else { return nil }
        func find<Function>(_ name: String, _: Function.Type = Function.self) throws -> Function {
            guard let symbol = unsafe dlsym(library, "btck_" + name) else { throw MissingFunction(name: name) }
            return unsafe unsafeBitCast(symbol, to: Function.self)
        }
        do {
            unsafe createParameters = try find("chain_parameters_create")
            unsafe consensusParameters = try find("chain_parameters_get_consensus_params")
            unsafe createContextOptions = try find("context_options_create")
            unsafe setParameters = try find("context_options_set_chainparams")
            unsafe createContext = try find("context_create")
            unsafe createOptions = try find("chainstate_manager_options_create")
            unsafe keepIndexInMemory = try find("chainstate_manager_options_update_block_tree_db_in_memory")
            unsafe keepCoinsInMemory = try find("chainstate_manager_options_update_chainstate_db_in_memory")
            unsafe setWorkers = try find("chainstate_manager_options_set_worker_threads_num")
            unsafe createManager = try find("chainstate_manager_create")
            unsafe destroyManager = try find("chainstate_manager_destroy")
            unsafe activeChain = try find("chainstate_manager_get_active_chain")
            unsafe height = try find("chain_get_height")
            unsafe entryAtHeight = try find("chain_get_by_height")
            unsafe entryHash = try find("block_tree_entry_get_block_hash")
            unsafe hashBytes = try find("block_hash_to_bytes")
            unsafe createBlock = try find("block_create")
            unsafe destroyBlock = try find("block_destroy")
            unsafe countTransactions = try find("block_count_transactions")
            unsafe processBlock = try find("chainstate_manager_process_block")
            unsafe createState = try find("block_validation_state_create")
            unsafe checkBlock = try find("block_check")
            unsafe createTransaction = try find("transaction_create")
            unsafe destroyTransaction = try find("transaction_destroy")
            unsafe transactionID = try find("transaction_get_txid")
            unsafe transactionIDBytes = try find("txid_to_bytes")
            let createLog: CreateLog = unsafe try find("logging_connection_create")
            // Lives as long as the process does.
            _ = unsafe createLog(
                { _, text, count in
                    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: count)
                    let line = unsafe String(decoding: bytes, as: UTF8.self)
                    KernelLibrary.lines.withLock { $0[pthread_self(), default: []].append(line) }
                }, nil, nil)
        } catch {
            return nil
        }
    }

    private struct MissingFunction: Error {
        let name: String
    }
}
