import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinDescriptors
import BitcoinPrimitives
import BitcoinRPC
import BitcoinScript
import ByteCoding

/// Commands that make blocks.
enum MiningCommands {
    static let all: [RPCCommand<NodeContext>] = [generateToAddress, generateToDescriptor, submitBlock]

    private static let results: [RPCResultShape] = [
        .init(.array, "", "hashes of blocks generated", inner: [.init(.hex, "", "blockhash")])
    ]

    private static let generateToAddress = RPCCommand<NodeContext>(
        category: "hidden", name: "generatetoaddress",
        description: "Mines blocks at once to an address (before the RPC call returns).",
        arguments: [
            .init("nblocks", .number, .required, "How many blocks to mine"),
            .init("address", .string, .required, "The address that receives the new coins"),
            .init("maxtries", .number, .value(1_000_000), "How many nonces to try"),
        ], results: results, examples: helpExampleCli("generatetoaddress", "11 \"myaddress\"")
    ) { call in
        let count = try call[0].requireInteger(as: Int32.self)
        let address = try call[1].requireString()
        let script: Script
        do {
            script = try Destination(address: address, on: call.context.parameters.network).scriptPubKey
        } catch {
            throw RPCError(.invalidAddressOrKey, "Error: Invalid address")
        }
        return try await generate(call, count: count, script: script)
    }

    private static let generateToDescriptor = RPCCommand<NodeContext>(
        category: "hidden", name: "generatetodescriptor",
        description: "Mines blocks at once to a descriptor (before the RPC call returns).",
        arguments: [
            .init("num_blocks", .number, .required, "How many blocks to mine"),
            .init("descriptor", .string, .required, "The descriptor that receives the new coins"),
            .init("maxtries", .number, .value(1_000_000), "How many nonces to try"),
        ], results: results, examples: helpExampleCli("generatetodescriptor", "11 \"mydesc\"")
    ) { call in
        let count = try call[0].requireInteger(as: Int32.self)
        let text = try call[1].requireString()
        return try await generate(
            call, count: count, script: try miningScript(text, network: call.context.parameters.network))
    }

    /// The script that a descriptor without range pays to.
    private static func miningScript(_ text: String, network: Network) throws(RPCError) -> Script {
        let parsed: (descriptors: [Descriptor], privateKeys: [KeyID: PrivateKey])
        do throws(DescriptorError) {
            parsed = try Descriptor.parse(text, on: network)
        } catch {
            throw RPCError(.invalidAddressOrKey, error.message)
        }
        guard let descriptor = parsed.descriptors.first, parsed.descriptors.count == 1 else {
            throw RPCError(.invalidParameter, "Multipath descriptor not accepted")
        }
        guard !descriptor.isRange else {
            throw RPCError(
                .invalidParameter, "Ranged descriptor not accepted. Maybe pass through deriveaddresses first?")
        }
        let provider = FlatSigningProvider(privateKeys: parsed.privateKeys)
        guard let scripts = descriptor.expand(at: 0, provider: provider)?.scripts, let first = scripts.first else {
            throw RPCError(.invalidAddressOrKey, "Cannot derive script without private keys")
        }
        // combo() makes several; Core takes the second, p2pkh of a compressed key's p2wpkh sits at the third place.
        switch scripts.count {
        case 1: return first
        case 4: return scripts[2]
        default: return scripts[1]
        }
    }

    private static func generate(
        _ call: RPCCall<NodeContext>, count: Int32, script: Script
    ) async throws -> JSONValue {
        var tries = call[2].isNull ? 1_000_000 : try call[2].requireInteger(as: UInt64.self)
        guard call.context.parameters.minesBlocksOnDemand else {
            throw RPCError(.miscellaneous, "Mining on demand is offered on regtest only")
        }
        var hashes: [JSONValue] = []
        for _ in 0..<max(0, count) {
            // Cancelled when the caller is gone; without that a large number of blocks would be mined for nobody.
            guard !call.context.isShuttingDown, !Task.isCancelled, tries > 0 else { break }
            let budget = tries
            // One block a visit, so that other callers get their turn in between.
            let mined = try await call.context.manager.withState { state -> (hash: BlockHash, left: UInt64)? in
                var left = budget
                let template = try BlockAssembler.assemble(payingTo: script, on: state)
                guard let block = BlockAssembler.solve(template.block, parameters: state.parameters, tries: &left)
                else { return nil }
                try state.acceptBlock(block)
                return (block.hash, left)
            }
            guard let mined else { break }
            tries = mined.left
            hashes.append(.string(mined.hash.description))
        }
        return .array(hashes)
    }

    private static let submitBlock = RPCCommand<NodeContext>(
        category: "mining", name: "submitblock",
        description: "Takes a block that was made elsewhere (BIP 22) and moves to it if it is the best.",
        arguments: [
            .init("hexdata", .hex, .required, "The block in hexadecimal"),
            .init("dummy", .string, .hint("ignored"), "Ignored; BIP 22 has it"),
        ],
        results: [
            .init(.none, condition: "If the block was accepted"),
            .init(.string, "", "According to BIP 22", condition: "Otherwise"),
        ], examples: helpExampleCli("submitblock", "\"mydata\"")
    ) { call in
        guard let bytes = try? Hex.decode(call[0].requireString()), let block = try? Block(decoding: bytes) else {
            throw RPCError(.deserializationError, "Block decode failed")
        }
        do {
            let outcome = try await call.context.manager.withState { try $0.submit($0.completed(block)) }
            return outcome.reason.isEmpty ? .null : .string(outcome.reason)
        } catch let error as BlockAcceptanceError {
            throw RPCError(.verifyError, error.description)
        }
    }
}
