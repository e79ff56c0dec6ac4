/// The key that Core mixes into its files so that virus scanners find nothing in them: exclusive or with eight bytes,
/// by the offset in the file (util/obfuscation.h).
package struct Obfuscation: Equatable, Sendable {
    /// The key's bytes, the first one the least significant.
    private let key: UInt64

    /// No obfuscation.
    package static let none = Obfuscation(key: 0)

    /// A key of eight bytes; `nil` for any other length.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 8 else { return nil }
        key = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private init(key: UInt64) {
        self.key = key
    }

    /// Turns bytes that lie at `offset` of the file into clear ones, or back.
    package func apply(to bytes: inout [UInt8], offset: UInt64) {
        guard key != 0 else { return }
        let turn = (offset & 7) * 8
        let turned = turn == 0 ? key : key >> turn | key << (64 - turn)
        for index in bytes.indices {
            bytes[index] ^= UInt8(truncatingIfNeeded: turned >> UInt64((index & 7) * 8))
        }
    }
}
