import BitcoinChain
import BitcoinPrimitives
import ByteCoding

/// What the indexes keep of transactions, coins and filters.
enum IndexTarget {
    static func run(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let rest = bytes.dropFirst()
        switch kind % 3 {
        case 0: readPlace(rest)
        case 1: readTotals(Array(rest))
        default: readFilter(Array(rest))
        }
    }

    private static func readPlace(_ bytes: ArraySlice<UInt8>) {
        guard let place = TransactionPlace(decoding: bytes) else { return }
        var writer = ByteWriter()
        place.encode(to: &writer)
        precondition(TransactionPlace(decoding: writer.bytes[...]) == place, "a place comes back changed")
    }

    private static func readTotals(_ bytes: [UInt8]) {
        guard var totals = CoinTotals(decoding: bytes) else { return }
        precondition(totals.encoded == bytes, "sums come back changed")
        _ = totals.unspendable
        _ = totals.settleUnclaimed()
    }

    private static func readFilter(_ bytes: [UInt8]) {
        let block = BlockHash(bytes: bytes.prefix(32)) ?? .zero
        guard let filter = try? BlockFilter(of: block, decoding: Array(bytes.dropFirst(32))) else { return }
        precondition(filter.encoded.elementsEqual(bytes.dropFirst(32)), "a filter comes back changed")
        _ = filter.scripts.containsAny(of: [[], [0x51], Array(bytes.suffix(22))])
        _ = filter.header(after: filter.hash)
    }
}
