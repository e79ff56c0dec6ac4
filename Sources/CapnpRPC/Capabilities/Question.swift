/// An id in the question table, kept in use as long as somebody may still send messages that name it.
///
/// The owners are the call's result while it is awaited, and every capability that addresses the result; when the last
/// one goes, `Finish` is sent.
final class Question: Sendable {
    let connection: Connection
    let id: UInt32

    init(connection: Connection, id: UInt32) {
        self.connection = connection
        self.id = id
    }

    deinit {
        connection.depart(.question(id))
    }
}
