import Capnp

/// Messages written by hand, word by word.
enum Words {
    /// One segment of words.
    static func segment(_ words: UInt64...) -> [UInt8] {
        bytes(words)
    }

    static func bytes(_ words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
    }

    static func message(_ words: UInt64..., limits: ReaderLimits = ReaderLimits()) -> Message {
        Message(segments: [bytes(words)], limits: limits)
    }

    static func structure(offset: Int, data: UInt64, pointers: UInt64) -> UInt64 {
        low(offset) | data << 32 | pointers << 48
    }

    static func list(offset: Int, _ size: ElementSize, count: UInt64) -> UInt64 {
        low(offset) | 1 | UInt64(size.rawValue) << 32 | count << 35
    }

    static func far(segment: UInt64, word: UInt64, double: Bool = false) -> UInt64 {
        2 | (double ? 4 : 0) | word << 3 | segment << 32
    }

    static func capability(_ index: UInt64) -> UInt64 { 3 | index << 32 }

    private static func low(_ offset: Int) -> UInt64 {
        UInt64(UInt32(bitPattern: Int32(offset)) << 2)
    }
}

/// A capability that is nothing but itself.
final class TestCapability: CapabilityHook {}
