import Synchronization

/// A passphrase on its way from the keyboard to the wallet process.
///
/// A reference, so that state may be copied without copying the bytes; nothing prints, compares or renders them. The
/// bytes are overwritten when they are handed out, when the field is cleared, and when the object goes away.
package final class Secret: Sendable, CustomStringConvertible, CustomReflectable {
    /// The longest passphrase taken, in bytes: Core's limit on RPC arguments is far larger, people's patience is not.
    static let limit = 1024

    private let bytes: Mutex<[UInt8]>

    /// An empty secret.
    package init() {
        var storage: [UInt8] = []
        // With all room from the start the bytes never move, and no stale copy is left behind.
        storage.reserveCapacity(Self.limit)
        bytes = Mutex(storage)
    }

    deinit { wipe() }

    /// Adds typed or pasted text. Line ends are left out.
    package func append(_ text: String) {
        bytes.withLock { bytes in
            for byte in text.utf8 where byte >= 0x20 && byte != 0x7f && bytes.count < Self.limit { bytes.append(byte) }
        }
    }

    /// Removes the last character.
    package func removeLast() {
        bytes.withLock { bytes in
            while let last = bytes.last {
                bytes[bytes.count - 1] = 0
                bytes.removeLast()
                if last & 0xc0 != 0x80 { break }
            }
        }
    }

    /// Whether nothing was typed.
    package var isEmpty: Bool { bytes.withLock { $0.isEmpty } }

    /// Calls `body` with the bytes and wipes them.
    package func consume<Result>(_ body: ([UInt8]) async throws -> Result) async rethrows -> Result {
        // A copy of its own, so that wiping below does not copy instead of overwriting.
        var taken = bytes.withLock { Array($0[...]) }
        wipe()
        defer { Self.overwrite(&taken) }
        return try await body(taken)
    }

    /// Overwrites and forgets the bytes.
    package func wipe() {
        bytes.withLock { bytes in
            Self.overwrite(&bytes)
            bytes.removeAll(keepingCapacity: true)
        }
    }

    private static func overwrite(_ bytes: inout [UInt8]) {
        for index in bytes.indices { bytes[index] = 0 }
    }

    /// Never the bytes.
    package var description: String { "(hidden)" }

    /// Never the bytes.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
