internal import BitcoinCrypto
package import BitcoinPrimitives
internal import ByteCoding

/// The first blocks. They differ only in their headers, except that testnet4 has a message of its own.
package enum Genesis {
    /// The first block with Satoshi's message and key; its subsidy of 50 coins cannot be spent.
    package static func block(time: UInt32, nonce: UInt32, bits: UInt32) -> Block {
        let key =
            "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112"
            + "de5c384df7ba0b8d578a4c702b6bf11d5f"
        return block(
            message: "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks",
            key: (try? Hex.decode(key)) ?? [], time: time, nonce: nonce, bits: bits)
    }

    /// The first block of testnet4, which pays to a key that cannot exist.
    package static let testnet4 = block(
        message: "03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e",
        key: [UInt8](repeating: 0, count: 33), time: 1_714_777_860, nonce: 393_743_547, bits: 0x1d00_ffff)

    private static func block(message: String, key: [UInt8], time: UInt32, nonce: UInt32, bits: UInt32) -> Block {
        let text = Array(message.utf8)
        // Pushes 0x1d00ffff and 4 as numbers, then the text; 76 and more bytes need OP_PUSHDATA1.
        var scriptSig: [UInt8] = [0x04, 0xff, 0xff, 0x00, 0x1d, 0x01, 0x04]
        if text.count >= 0x4c { scriptSig.append(0x4c) }
        scriptSig += [UInt8(text.count)] + text
        let checkSig: UInt8 = 0xac
        let coinbase = Transaction(
            version: 1,
            inputs: [
                TransactionInput(
                    previousOutput: .null, scriptSig: Script(scriptSig), sequence: TransactionInput.finalSequence)
            ],
            outputs: [
                TransactionOutput(value: 50 * .coin, scriptPubKey: Script([UInt8(key.count)] + key + [checkSig]))
            ],
            lockTime: 0)
        let header = BlockHeader(
            version: 1, previousBlockHash: .zero, merkleRoot: coinbase.id.rawValue, time: time,
            bits: bits, nonce: nonce)
        return Block(header: header, transactions: [coinbase])
    }
}
