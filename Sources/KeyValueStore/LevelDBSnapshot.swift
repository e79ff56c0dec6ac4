internal import CLevelDB

/// The pairs of a `LevelDBStore` as they were at one moment.
@safe final class LevelDBSnapshot: KeyValueSequence, @unchecked Sendable {
    // The proof for `@unchecked`: LevelDB's snapshots and read options are not changed after `init`, may be used from
    // several threads, and are given back in `deinit`, when nobody else can hold them; the store outlives them.

    private let store: LevelDBStore
    private let snapshot: OpaquePointer?
    private let options: OpaquePointer?

    init(of store: LevelDBStore) {
        self.store = store
        unsafe snapshot = leveldb_create_snapshot(store.database)
        unsafe options = leveldb_readoptions_create()
        unsafe leveldb_readoptions_set_verify_checksums(options, 1)
        unsafe leveldb_readoptions_set_fill_cache(options, 0)
        unsafe leveldb_readoptions_set_snapshot(options, snapshot)
    }

    deinit {
        unsafe leveldb_readoptions_destroy(options)
        unsafe leveldb_release_snapshot(store.database, snapshot)
    }

    func forEach(from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool) throws(KeyValueStoreError) {
        try unsafe store.walk(options, from: start, body)
    }
}
