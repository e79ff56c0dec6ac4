import BitcoinPrimitives
import BitcoinRPC
import BitcoinScript

// getnewaddress, getrawchangeaddress, setlabel, listlabels, getaddressesbylabel, keypoolrefill.
extension WalletRPC {
    private static let typeNames = OutputType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")

    static let getNewAddress = Command(
        category: "wallet", name: "getnewaddress",
        description: "Returns a new Bitcoin address for receiving payments.\n"
            + "If 'label' is specified, it is added to the address book \n"
            + "so payments received with the address will be associated with 'label'.\n",
        arguments: [
            RPCArgument(
                "label", .string, .value(""),
                "The label name for the address to be linked to. It can also be set to the empty string \"\" to "
                    + "represent the default label. The label does not need to exist, it will be created if there is "
                    + "no label by the given name."),
            RPCArgument(
                "address_type", .string, .hint("set by -addresstype"),
                "The address type to use. Options are \(typeNames)."),
        ],
        results: [RPCResultShape(.string, "address", "The new bitcoin address")],
        examples: helpExampleCli("getnewaddress", "") + helpExampleRpc("getnewaddress", "")
    ) { call in
        .string(try await call.context.newAddress(label: call[0], type: call[1], isInternal: false))
    }

    static let getRawChangeAddress = Command(
        category: "wallet", name: "getrawchangeaddress",
        description: "Returns a new Bitcoin address, for receiving change.\n"
            + "This is for use with raw transactions, NOT normal use.\n",
        arguments: [
            RPCArgument(
                "address_type", .string, .hint("set by -changetype"),
                "The address type to use. Options are \(typeNames).")
        ],
        results: [RPCResultShape(.string, "address", "The address")],
        examples: helpExampleCli("getrawchangeaddress", "") + helpExampleRpc("getrawchangeaddress", "")
    ) { call in
        .string(try await call.context.newAddress(label: .null, type: call[0], isInternal: true))
    }

    static let setLabel = Command(
        category: "wallet", name: "setlabel", description: "Sets the label associated with the given address.\n",
        arguments: [
            RPCArgument("address", .string, .required, "The bitcoin address to be associated with a label."),
            RPCArgument("label", .string, .required, "The label to assign to the address."),
        ],
        results: [RPCResultShape(.none)],
        examples: helpExampleCli("setlabel", "\"\(exampleAddresses[0])\" \"tabby\"")
            + helpExampleRpc("setlabel", "\"\(exampleAddresses[0])\", \"tabby\"")
    ) { call in
        try await call.context.setLabel(try call[0].requireString(), try WalletEngine.label(call[1]))
        return .null
    }

    static let listLabels = Command(
        category: "wallet", name: "listlabels",
        description: "Returns the list of all labels, or labels that are assigned to addresses with a specific "
            + "purpose.\n",
        arguments: [
            RPCArgument(
                "purpose", .string, .omitted,
                "Address purpose to list labels for ('send','receive'). An empty string is the same as not providing "
                    + "this argument.")
        ],
        results: [RPCResultShape(.array, inner: [RPCResultShape(.string, "label", "Label name")])],
        examples: "\nList all labels\n" + helpExampleCli("listlabels", "")
            + "\nList labels that have receiving addresses\n" + helpExampleCli("listlabels", "receive")
            + "\nList labels that have sending addresses\n" + helpExampleCli("listlabels", "send")
            + "\nAs a JSON-RPC call\n" + helpExampleRpc("listlabels", "receive")
    ) { call in
        var purpose: AddressPurpose?
        if let text = call[0].stringValue, !text.isEmpty {
            purpose = AddressPurpose(rawValue: text)
            guard purpose != nil else {
                throw RPCError(
                    .invalidParameter,
                    "Invalid 'purpose' argument, must be a known purpose string, typically 'send', or 'receive'.")
            }
        }
        return .array(try await call.context.labels(purpose: purpose).map { .string($0) })
    }

    static let getAddressesByLabel = Command(
        category: "wallet", name: "getaddressesbylabel",
        description: "Returns the list of addresses assigned the specified label.\n",
        arguments: [RPCArgument("label", .string, .required, "The label.")],
        results: [
            RPCResultShape(
                .dynamicObject, "", "json object with addresses as keys",
                inner: [
                    RPCResultShape(
                        .object, "address", "json object with information about address",
                        inner: [
                            RPCResultShape(
                                .string, "purpose",
                                "Purpose of address (\"send\" for sending address, \"receive\" for receiving address)")
                        ])
                ])
        ],
        examples: helpExampleCli("getaddressesbylabel", "\"tabby\"")
            + helpExampleRpc("getaddressesbylabel", "\"tabby\"")
    ) { call in
        .object(try await call.context.addresses(label: try WalletEngine.label(call[0])))
    }

    static let keyPoolRefill = Command(
        category: "wallet", name: "keypoolrefill",
        description: "Refills each descriptor keypool in the wallet up to the specified number of new keys.\n"
            + "By default, descriptor wallets have 4 active ranged descriptors (\(typeNames)), each with 1000 "
            + "entries.\n\nRequires wallet passphrase to be set with walletpassphrase call if wallet is encrypted.\n",
        arguments: [
            RPCArgument("newsize", .number, .hint("1000, or as set by -keypool"), "The new keypool size")
        ],
        results: [RPCResultShape(.none)],
        examples: helpExampleCli("keypoolrefill", "") + helpExampleRpc("keypoolrefill", "")
    ) { call in
        let size: Int32 = call[0].isNull ? 0 : try call[0].requireInteger()
        guard size >= 0 else { throw RPCError(.invalidParameter, "Invalid parameter, expected valid size.") }
        try await call.context.refillKeyPool(size: size)
        return .null
    }
}

extension WalletService {
    fileprivate func newAddress(label: JSONValue, type: JSONValue, isInternal: Bool) throws -> String {
        let engine = try requireEngine()
        let active = isInternal ? engine.activeInternal : engine.activeExternal
        guard active.values.contains(where: \.canGiveAddresses) else {
            throw RPCError(.walletError, "Error: This wallet has no available keys")
        }
        let label = try WalletEngine.label(label)
        var outputType = OutputType.bech32
        if let name = type.stringValue {
            guard let known = OutputType(name: name) else {
                throw RPCError(.invalidAddressOrKey, "Unknown address type '\(name)'")
            }
            outputType = known
        }
        do {
            let destination = try engine.newAddress(type: outputType, isInternal: isInternal, label: label)
            return destination.address(on: network) ?? ""
        } catch let error as WalletAddressError {
            throw RPCError(.walletKeypoolRanOut, error.description)
        }
    }

    fileprivate func setLabel(_ address: String, _ label: String) throws {
        let engine = try requireEngine()
        guard let destination = try? Destination(address: address, on: network) else {
            throw RPCError(.invalidAddressOrKey, "Invalid Bitcoin address")
        }
        let isMine = engine.isMine(destination.scriptPubKey)
        try engine.setLabel(label, purpose: isMine ? .receive : .send, of: destination)
    }

    fileprivate func labels(purpose: AddressPurpose?) throws -> [String] {
        try requireEngine().addressBook.labels(purpose: purpose)
    }

    fileprivate func addresses(label: String) throws -> JSONObject {
        let entries = try requireEngine().addressBook.entries.filter { $0.value.label == label }
        let rows = entries.compactMap { destination, entry in
            destination.address(on: network).map { ($0, entry.purpose?.rawValue ?? "unknown") }
        }
        guard !rows.isEmpty else { throw RPCError(.walletInvalidLabelName, "No addresses with label \(label)") }
        var object = JSONObject()
        for (address, purpose) in rows.sorted(by: { $0.0 < $1.0 }) {
            object.append(address, ["purpose": .string(purpose)])
        }
        return object
    }

    fileprivate func refillKeyPool(size: Int32) throws {
        let engine = try requireEngine()
        try engine.ensureUnlocked()
        for manager in engine.activeManagers { try engine.topUp(manager, ahead: size == 0 ? nil : size) }
        guard engine.activeManagers.reduce(0, { $0 + $1.keyPoolSize }) >= Int64(size) else {
            throw RPCError(.walletError, "Error refreshing keypool.")
        }
        engine.refreshOwnOutputs()
    }
}
