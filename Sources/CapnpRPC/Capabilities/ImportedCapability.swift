/// An id in the import table, in use as long as this process refers to it; then `Release` is sent.
final class ImportedCapability: Sendable {
    let connection: Connection
    let id: UInt32
    /// Tells this object from an earlier and a later one with the same id.
    let generation: UInt64

    init(connection: Connection, id: UInt32, generation: UInt64) {
        self.connection = connection
        self.id = id
        self.generation = generation
    }

    deinit {
        connection.depart(.imported(id, generation: generation))
    }
}
