/// How much the peers of one listening address may take of this process. A peer that goes further is told why, and
/// dropped.
package struct IpcLimits: Equatable, Sendable {
    /// Connections at a time.
    package var connections = 128
    /// Calls of one connection that are not finished.
    package var calls = 1 << 14
    /// Objects of this process that one connection may hold, and objects of its own that it may give to this process.
    package var objects = 1 << 18
    /// Threads that one connection may have made and not released.
    package var threads = 1024
    /// Bytes that may wait for a connection that does not read.
    package var queuedBytes = 256 << 20
    /// Length in bytes of one message.
    package var messageBytes = 64 << 20

    /// Limits far above what an honest client needs.
    package init() {}
}

extension IpcLimits {
    /// A limit that can be set for an address.
    struct Setting: Sendable {
        let name: String
        let field: any WritableKeyPath<IpcLimits, Int> & Sendable
        /// What makes sense. Below the least, not even a connection could be made.
        let range: ClosedRange<Int>
        /// Whether it counts bytes, which may be written with a unit.
        var isBytes = false
        /// For the help text.
        let meaning: String
    }

    static let settings: [Setting] = [
        Setting(name: "max-connections", field: \.connections, range: 1...65536, meaning: "connections at a time"),
        Setting(name: "max-calls", field: \.calls, range: 1...1 << 20, meaning: "unfinished calls per connection"),
        Setting(name: "max-objects", field: \.objects, range: 16...1 << 24, meaning: "objects per connection"),
        Setting(name: "max-threads", field: \.threads, range: 1...65536, meaning: "threads per connection"),
        Setting(
            name: "max-queued-bytes", field: \.queuedBytes, range: 1 << 16...1 << 40, isBytes: true,
            meaning: "bytes that may wait for a peer that does not read"),
        Setting(
            name: "max-message-bytes", field: \.messageBytes, range: 1 << 12...1 << 30, isBytes: true,
            meaning: "length of one message"),
    ]

    /// The limits that differ from the usual ones, as they are written behind an address; empty if none does.
    package var differences: String {
        let usual = IpcLimits()
        return Self.settings.filter { self[keyPath: $0.field] != usual[keyPath: $0.field] }
            .map { "\($0.name)=\(self[keyPath: $0.field])" }.joined(separator: ":")
    }
}
