import BitcoinRPC

extension WalletRPC {
    /// How help shows a decoded transaction (Core's `TxDoc`).
    static let decodedTransactionShapes = [
        RPCResultShape(.hex, "txid", "The transaction id"),
        RPCResultShape(.hex, "hash", "The transaction hash (differs from txid for witness transactions)"),
        RPCResultShape(.number, "size", "The serialized transaction size"),
        RPCResultShape(
            .number, "vsize", "The virtual transaction size (differs from size for witness transactions)"),
        RPCResultShape(.number, "weight", "The transaction's weight (between vsize*4-3 and vsize*4)"),
        RPCResultShape(.number, "version", "The version"),
        RPCResultShape(.time, "locktime", "The lock time"),
        RPCResultShape(.array, "vin", inner: [RPCResultShape(.object, inner: inputShapes)]),
        RPCResultShape(.array, "vout", inner: [RPCResultShape(.object, inner: outputShapes)]),
    ]

    private static let inputShapes = [
        RPCResultShape(.hex, "coinbase", "The coinbase value (only if coinbase transaction)", optional: true),
        RPCResultShape(.hex, "txid", "The transaction id (if not coinbase transaction)", optional: true),
        RPCResultShape(.number, "vout", "The output number (if not coinbase transaction)", optional: true),
        RPCResultShape(
            .object, "scriptSig", "The script (if not coinbase transaction)", optional: true,
            inner: [
                RPCResultShape(.string, "asm", "Disassembly of the signature script"),
                RPCResultShape(.hex, "hex", "The raw signature script bytes, hex-encoded"),
            ]),
        RPCResultShape(
            .array, "txinwitness", optional: true,
            inner: [RPCResultShape(.hex, "hex", "hex-encoded witness data (if any)")]),
        RPCResultShape(.number, "sequence", "The script sequence number"),
    ]

    private static let outputShapes = [
        RPCResultShape(.amount, "value", "The value in \(currencyUnit)"),
        RPCResultShape(.number, "n", "index"),
        RPCResultShape(
            .object, "scriptPubKey",
            inner: [
                RPCResultShape(.string, "asm", "Disassembly of the output script"),
                RPCResultShape(.string, "desc", "Inferred descriptor for the output"),
                RPCResultShape(.hex, "hex", "The raw output script bytes, hex-encoded"),
                RPCResultShape(
                    .string, "address", "The Bitcoin address (only if a well-defined address exists)",
                    optional: true),
                RPCResultShape(
                    .string, "type",
                    "The type (one of: nonstandard, anchor, pubkey, pubkeyhash, scripthash, multisig, nulldata, "
                        + "witness_v0_scripthash, witness_v0_keyhash, witness_v1_taproot, witness_unknown)"),
            ]),
        RPCResultShape(
            .bool, "ischange", "Output script is change (only present if true)", optional: true),
    ]
}
