/// The height at the start of a coinbase's scriptSig (BIP34).
package enum CoinbaseHeight {
    /// The exact bytes that must come first: the height pushed as a script number, with an opcode of its own up to 16.
    package static func push(_ height: Int) -> [UInt8] {
        if height == 0 { return [0x00] }
        if (1...16).contains(height) { return [0x50 + UInt8(height)] }
        var bytes: [UInt8] = []
        var rest = UInt64(bitPattern: Int64(height))
        while rest != 0 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
        // The top bit of the last byte is the sign.
        if let last = bytes.last, last & 0x80 != 0 { bytes.append(0) }
        return [UInt8(bytes.count)] + bytes
    }
}
