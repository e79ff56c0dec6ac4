internal import CLevelDB
internal import Synchronization

/// A store on disk, in LevelDB's format with Core's settings (dbwrapper.cpp): no compression, a Bloom filter of ten
/// bits a key, checksums verified on every read.
///
/// One process has it open at a time; LevelDB's own lock sees to that.
@safe package final class LevelDBStore: KeyValueStore, @unchecked Sendable {
    // The proof for `@unchecked`: `leveldb_t` may be used from several threads without locks (LevelDB's documentation,
    // "Concurrency"), the option objects are not changed after `init`, and all are freed in `deinit`, when nobody else
    // can hold them.

    /// How a store is kept.
    package struct Options: Equatable, Sendable {
        /// Bytes of memory for blocks read and for writes not yet in a table.
        package var cacheSize: Int
        /// Bytes after which a table on disk is full.
        package var maximumFileSize: Int
        /// Whether a Bloom filter saves reading tables that do not hold a key.
        package var usesBloomFilter: Bool

        /// Core's settings for a store with this much cache.
        package init(cacheSize: Int = 2 << 20, maximumFileSize: Int = 32 << 20, usesBloomFilter: Bool = true) {
            self.cacheSize = cacheSize
            self.maximumFileSize = maximumFileSize
            self.usesBloomFilter = usesBloomFilter
        }
    }

    /// The folder.
    package let path: String
    let database: OpaquePointer
    private let resources: LevelDBResources
    /// The first write that failed. Part of it may be in the log, where LevelDB would write the next one behind it and
    /// not find it again: nothing more is written until the store is opened anew.
    private let writeFailure = Mutex<KeyValueStoreError?>(nil)

    /// Opens the store in the folder `path`, and makes it when there is none; the folder above must exist.
    ///
    /// - Throws: `KeyValueStoreError`.
    package init(path: String, options: Options = Options()) throws(KeyValueStoreError) {
        self.path = path
        resources = LevelDBResources(options)
        var reason: UnsafeMutablePointer<CChar>?
        let handle = unsafe leveldb_open(resources.options, path, &reason)
        if let error = unsafe Self.failure(reason, path) { throw error }
        guard let handle = unsafe handle else {
            throw KeyValueStoreError(.inputOutput, path: path, reason: "it was not opened")
        }
        unsafe database = handle
    }

    deinit { unsafe leveldb_close(database) }

    /// Removes the store in the folder `path` with everything in it. Nothing happens when there is none.
    ///
    /// - Throws: `KeyValueStoreError`, also when it is open.
    package static func destroy(path: String) throws(KeyValueStoreError) {
        let resources = LevelDBResources(Options())
        var reason: UnsafeMutablePointer<CChar>?
        unsafe leveldb_destroy_db(resources.options, path, &reason)
        if let error = unsafe failure(reason, path) { throw error }
    }

    package func value(for key: [UInt8]) throws(KeyValueStoreError) -> [UInt8]? {
        var count = 0
        var reason: UnsafeMutablePointer<CChar>?
        let bytes = unsafe key.withUnsafeBytes { key in
            unsafe leveldb_get(
                database, resources.reading, key.baseAddress?.assumingMemoryBound(to: CChar.self), key.count, &count,
                &reason)
        }
        if let error = unsafe Self.failure(reason, path) {
            unsafe leveldb_free(bytes)
            throw error
        }
        guard let bytes = unsafe bytes else { return nil }
        defer { unsafe leveldb_free(bytes) }
        return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    package func write(_ batch: WriteBatch, durably: Bool) throws(KeyValueStoreError) {
        let changes = unsafe leveldb_writebatch_create()
        defer { unsafe leveldb_writebatch_destroy(changes) }
        batch.forEach { key, value in
            unsafe key.withUnsafeBytes { key in
                let start = unsafe key.baseAddress?.assumingMemoryBound(to: CChar.self)
                guard let value else {
                    unsafe leveldb_writebatch_delete(changes, start, key.count)
                    return
                }
                unsafe value.withUnsafeBytes { value in
                    unsafe leveldb_writebatch_put(
                        changes, start, key.count, value.baseAddress?.assumingMemoryBound(to: CChar.self), value.count)
                }
            }
        }
        try writeFailure.withLock { known throws(KeyValueStoreError) in
            if let known { throw known }
            var reason: UnsafeMutablePointer<CChar>?
            unsafe leveldb_write(database, durably ? resources.durableWriting : resources.writing, changes, &reason)
            known = unsafe Self.failure(reason, path)
            if let known { throw known }
        }
    }

    package func forEach(
        from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool
    ) throws(KeyValueStoreError) {
        try unsafe walk(resources.walking, from: start, body)
    }

    package func snapshot() -> any KeyValueSequence { LevelDBSnapshot(of: self) }

    /// Walks over pairs as `options` say.
    func walk(
        _ options: OpaquePointer?, from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool
    ) throws(KeyValueStoreError) {
        let iterator = unsafe leveldb_create_iterator(database, options)
        defer { unsafe leveldb_iter_destroy(iterator) }
        unsafe start.withUnsafeBytes { start in
            unsafe leveldb_iter_seek(
                iterator, start.baseAddress?.assumingMemoryBound(to: CChar.self), start.count)
        }
        // Memory that `body` has not kept serves the next pair.
        var key: [UInt8] = []
        var value: [UInt8] = []
        while unsafe leveldb_iter_valid(iterator) != 0 {
            var count = 0
            let keyBytes = unsafe leveldb_iter_key(iterator, &count)
            unsafe Self.fill(&key, with: UnsafeRawBufferPointer(start: keyBytes, count: count))
            let valueBytes = unsafe leveldb_iter_value(iterator, &count)
            unsafe Self.fill(&value, with: UnsafeRawBufferPointer(start: valueBytes, count: count))
            guard body(key, value) else { return }
            unsafe leveldb_iter_next(iterator)
        }
        var reason: UnsafeMutablePointer<CChar>?
        unsafe leveldb_iter_get_error(iterator, &reason)
        if let error = unsafe Self.failure(reason, path) { throw error }
    }

    /// Most strings are as long as the one before.
    private static func fill(_ array: inout [UInt8], with bytes: UnsafeRawBufferPointer) {
        if array.count == bytes.count {
            unsafe array.withUnsafeMutableBytes { unsafe $0.copyMemory(from: bytes) }
        } else {
            unsafe array = Array(bytes)
        }
    }

    package func approximateSize(from start: [UInt8], to end: [UInt8]) -> UInt64 {
        unsafe start.withUnsafeBytes { start in
            unsafe end.withUnsafeBytes { end in
                var first = unsafe start.baseAddress?.assumingMemoryBound(to: CChar.self)
                var last = unsafe end.baseAddress?.assumingMemoryBound(to: CChar.self)
                var firstCount = start.count
                var lastCount = end.count
                var size: UInt64 = 0
                unsafe leveldb_approximate_sizes(database, 1, &first, &firstCount, &last, &lastCount, &size)
                return size
            }
        }
    }

    /// Takes over the C library's text of an error; `nil` when there is none.
    private static func failure(_ text: UnsafeMutablePointer<CChar>?, _ path: String) -> KeyValueStoreError? {
        guard let text = unsafe text else { return nil }
        defer { unsafe leveldb_free(text) }
        let reason = unsafe String(cString: text)
        // The library tells kinds of failure apart by the words at the beginning only.
        if reason.hasPrefix("Corruption") || reason.hasPrefix("Invalid argument") {
            return KeyValueStoreError(.corrupt, path: path, reason: reason)
        }
        let isLocked = reason.contains("/LOCK: ")
        return KeyValueStoreError(isLocked ? .locked : .inputOutput, path: path, reason: reason)
    }
}

/// The objects that LevelDB wants beside the database; they outlive it.
@safe private final class LevelDBResources {
    let options: OpaquePointer?
    let reading: OpaquePointer?
    let walking: OpaquePointer?
    let writing: OpaquePointer?
    let durableWriting: OpaquePointer?
    private let filter: OpaquePointer?
    private let cache: OpaquePointer?

    init(_ settings: LevelDBStore.Options) {
        unsafe options = leveldb_options_create()
        unsafe reading = leveldb_readoptions_create()
        unsafe walking = leveldb_readoptions_create()
        unsafe writing = leveldb_writeoptions_create()
        unsafe durableWriting = leveldb_writeoptions_create()
        unsafe filter = settings.usesBloomFilter ? leveldb_filterpolicy_create_bloom(10) : nil
        unsafe cache = leveldb_cache_create_lru(settings.cacheSize / 2)
        unsafe leveldb_options_set_create_if_missing(options, 1)
        unsafe leveldb_options_set_paranoid_checks(options, 1)
        unsafe leveldb_options_set_compression(options, Int32(leveldb_no_compression))
        // Two such buffers may be in memory at once.
        unsafe leveldb_options_set_write_buffer_size(options, settings.cacheSize / 4)
        unsafe leveldb_options_set_max_file_size(options, settings.maximumFileSize)
        unsafe leveldb_options_set_cache(options, cache)
        if unsafe filter != nil { unsafe leveldb_options_set_filter_policy(options, filter) }
        unsafe leveldb_readoptions_set_verify_checksums(reading, 1)
        unsafe leveldb_readoptions_set_verify_checksums(walking, 1)
        unsafe leveldb_readoptions_set_fill_cache(walking, 0)
        unsafe leveldb_writeoptions_set_sync(durableWriting, 1)
    }

    deinit {
        unsafe leveldb_options_destroy(options)
        unsafe leveldb_readoptions_destroy(reading)
        unsafe leveldb_readoptions_destroy(walking)
        unsafe leveldb_writeoptions_destroy(writing)
        unsafe leveldb_writeoptions_destroy(durableWriting)
        unsafe leveldb_cache_destroy(cache)
        if unsafe filter != nil { unsafe leveldb_filterpolicy_destroy(filter) }
    }
}
