import BitcoinCrypto

/// A key with all the forms of its public half.
struct TestKey {
    let secret: PrivateKey
    let compressed: [UInt8]
    let uncompressed: [UInt8]
    let hybrid: [UInt8]
    let xOnly: [UInt8]

    /// A key whose secret is a small number.
    init(number: UInt8) throws {
        try self.init(PrivateKey(bytes: [UInt8](repeating: 0, count: 31) + [number]))
    }

    private init(_ secret: PrivateKey) {
        self.secret = secret
        let key = secret.publicKey
        compressed = key.compressed.bytes
        uncompressed = key.uncompressed.bytes
        hybrid = [uncompressed[64] & 1 == 0 ? 6 : 7] + uncompressed[1...]
        xOnly = key.xOnly.bytes
    }

    /// The taproot output of this key with a tree.
    func output(_ root: Hash256?) throws -> (key: [UInt8], isOdd: Bool, signer: TestKey) {
        let signer = try secret.taprootOutputKey(merkleRoot: root)
        let key = signer.publicKey
        return (key.xOnly.bytes, key.compressed.bytes[0] == 3, TestKey(signer))
    }

    /// The group order less a number: the other half's form of the second number of a signature.
    static func negated(_ number: [UInt8]) -> [UInt8] {
        let order: [UInt8] = [
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae,
            0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
        ]
        var padded = Array(number.drop { $0 == 0 })
        padded.insert(contentsOf: [UInt8](repeating: 0, count: 32 - padded.count), at: 0)
        var result = [UInt8](repeating: 0, count: 32)
        var borrow = 0
        for index in (0..<32).reversed() {
            let difference = Int(order[index]) - Int(padded[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[index] = UInt8(truncatingIfNeeded: difference)
        }
        if result[0] & 0x80 != 0 { result.insert(0, at: 0) }
        return result
    }
}
