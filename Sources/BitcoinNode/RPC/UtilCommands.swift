import BitcoinConsensus
import BitcoinCrypto
import BitcoinDescriptors
import BitcoinPrimitives
import BitcoinRPC
import BitcoinScript

/// Commands that only compute.
enum UtilCommands {
    static let all: [RPCCommand<NodeContext>] = [getDescriptorInfo, deriveAddresses]

    private static let getDescriptorInfo = RPCCommand<NodeContext>(
        category: "util", name: "getdescriptorinfo", description: "Analyses a descriptor.",
        arguments: [.init("descriptor", .string, .required, "The descriptor, with or without checksum")],
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.string, "descriptor", "the descriptor without private keys, with checksum"),
                    .init(.string, "checksum", "the checksum of the input descriptor"),
                    .init(.bool, "isrange", "whether the descriptor is ranged"),
                    .init(.bool, "issolvable", "whether the descriptor is solvable"),
                    .init(.bool, "hasprivatekeys", "whether the input has at least one private key"),
                ])
        ], examples: helpExampleCli("getdescriptorinfo", "\"wpkh([d34db33f/84h/0h/0h]xpub.../0/*)\"")
    ) { call in
        let text = try call[0].requireString()
        let parsed = try parse(text, on: call.context.network)
        guard let descriptor = parsed.descriptors.first else {
            throw RPCError(.invalidAddressOrKey, "The descriptor has no scripts")
        }
        var object: JSONObject = ["descriptor": .string(descriptor.description)]
        if parsed.descriptors.count > 1 {
            object.append("multipath_expansion", .array(parsed.descriptors.map { .string($0.description) }))
        }
        let payload = text.prefix { $0 != "#" }
        object.append("checksum", .string(DescriptorChecksum.compute(payload) ?? ""))
        object.append("isrange", .bool(descriptor.isRange))
        object.append("issolvable", .bool(descriptor.isSolvable))
        object.append("hasprivatekeys", .bool(!parsed.privateKeys.isEmpty))
        return .object(object)
    }

    private static let deriveAddresses = RPCCommand<NodeContext>(
        category: "util", name: "deriveaddresses", description: "Derives the addresses of a descriptor.",
        arguments: [
            .init("descriptor", .string, .required, "The descriptor, with checksum"),
            .init("range", .range, .omitted, "For a ranged descriptor: the end, or begin and end"),
        ],
        results: [.init(.array, "", "", inner: [.init(.string, "address", "the derived address")])],
        examples: helpExampleCli("deriveaddresses", "\"wpkh(.../0/*)#checksum\" \"[0,2]\"")
    ) { call in
        let network = call.context.network
        let text = try call[0].requireString()
        guard text.contains("#") else { throw RPCError(.invalidAddressOrKey, "Missing checksum") }
        let parsed = try parse(text, on: network)
        guard let descriptor = parsed.descriptors.first else { return [] }
        let range = try bounds(call[1])
        guard descriptor.isRange == (range != nil) else {
            throw RPCError(
                .invalidParameter,
                descriptor.isRange
                    ? "Range must be specified for a ranged descriptor"
                    : "Range should not be specified for an un-ranged descriptor")
        }
        let provider = FlatSigningProvider(privateKeys: parsed.privateKeys)
        var addresses: [JSONValue] = []
        for index in range ?? 0...0 {
            guard let scripts = descriptor.expand(at: index, provider: provider)?.scripts else {
                throw RPCError(.invalidAddressOrKey, "Cannot derive script without private keys")
            }
            for script in scripts {
                guard let address = Destination(scriptPubKey: script)?.address(on: network) else {
                    throw RPCError(.invalidAddressOrKey, "Descriptor does not have a corresponding address")
                }
                addresses.append(.string(address))
            }
        }
        return .array(addresses)
    }

    private static func parse(
        _ text: String, on network: Network
    ) throws(RPCError) -> (descriptors: [Descriptor], privateKeys: [KeyID: PrivateKey]) {
        do throws(DescriptorError) {
            return try Descriptor.parse(text, on: network)
        } catch {
            throw RPCError(.invalidAddressOrKey, error.message)
        }
    }

    /// A range argument: its end, or both ends (Core `ParseDescriptorRange`).
    private static func bounds(_ value: JSONValue) throws(RPCError) -> ClosedRange<UInt32>? {
        guard !value.isNull else { return nil }
        let low: Int64
        let high: Int64
        if case .array(let ends) = value {
            guard ends.count == 2 else {
                throw RPCError(.invalidParameter, "Range must have exactly two elements: begin and end")
            }
            low = try ends[0].requireInteger()
            high = try ends[1].requireInteger()
        } else {
            low = 0
            high = try value.requireInteger()
        }
        guard low >= 0 else { throw RPCError(.invalidParameter, "Range should be greater or equal than 0") }
        guard high >> 31 == 0 else { throw RPCError(.invalidParameter, "End of range is too high") }
        guard low <= high else {
            throw RPCError(.invalidParameter, "Range specified as [begin,end] must not have begin after end")
        }
        guard high < low + 1_000_000 else { throw RPCError(.invalidParameter, "Range is too large") }
        return UInt32(low)...UInt32(high)
    }
}

extension NodeContext {
    /// The network of addresses and keys.
    var network: Network { parameters.network }
}
