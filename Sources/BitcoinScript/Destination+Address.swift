package import BitcoinPrimitives

/// Why a text is no address on a network.
package enum AddressError: Error, Equatable, Sendable {
    /// The prefix is known but the length is not right.
    case invalidBase58Length
    /// The text is checksummed Base58 but the prefix is not of this network.
    case unsupportedBase58
    /// The text is neither Bech32 of this network nor Base58.
    case unknownEncoding
    /// The text is Base58, but its checksum or length is not right.
    case invalidBase58Checksum
    /// There is nothing between prefix and checksum.
    case emptyBech32
    /// The prefix is another network's.
    case wrongPrefix(expected: String, actual: String)
    /// Witness version 0 with a checksum of BIP350.
    case versionZeroNeedsBech32
    /// A later witness version with a checksum of BIP173.
    case laterVersionNeedsBech32m
    /// Witness version 0 with a program that is neither 20 nor 32 bytes.
    case invalidVersionZeroSize(Int)
    /// A witness version above 16.
    case invalidWitnessVersion
    /// A program below 2 or above 40 bytes.
    case invalidProgramSize(Int)
    /// Bits left over that are not zero.
    case invalidPadding
    /// The text has the network's Bech32 prefix, but is malformed or its checksum is wrong.
    case invalidBech32(Bech32.Diagnosis)

    /// Core's text for `validateaddress`.
    package var message: String {
        switch self {
        case .invalidBase58Length: "Invalid length for Base58 address (P2PKH or P2SH)"
        case .unsupportedBase58: "Invalid or unsupported Base58-encoded address."
        case .unknownEncoding: "Invalid or unsupported Segwit (Bech32) or Base58 encoding."
        case .invalidBase58Checksum: "Invalid checksum or length of Base58 address (P2PKH or P2SH)"
        case .emptyBech32: "Empty Bech32 data section"
        case .wrongPrefix(let expected, let actual):
            "Invalid or unsupported prefix for Segwit (Bech32) address (expected \(expected), got \(actual))."
        case .versionZeroNeedsBech32: "Version 0 witness address must use Bech32 checksum"
        case .laterVersionNeedsBech32m: "Version 1+ witness address must use Bech32m checksum"
        case .invalidVersionZeroSize(let count):
            "Invalid Bech32 v0 address program size (\(count) \(count == 1 ? "byte" : "bytes")), per BIP141"
        case .invalidWitnessVersion: "Invalid Bech32 address witness version"
        case .invalidProgramSize(let count):
            "Invalid Bech32 address program size (\(count) \(count == 1 ? "byte" : "bytes"))"
        case .invalidPadding: "Invalid padding in Bech32 data section"
        case .invalidBech32(let diagnosis): diagnosis.fault.rawValue
        }
    }

    /// Which bytes of the text are wrong, from zero, where that can be told.
    package var positions: [Int] {
        if case .invalidBech32(let diagnosis) = self { return diagnosis.positions }
        return []
    }
}

extension Destination {
    /// Reads an address of a network.
    ///
    /// - Throws: `AddressError`, whose `message` is Core's.
    package init(address: String, on network: Network) throws(AddressError) {
        let prefix = network.bech32Prefix
        if String(decoding: address.utf8.prefix(prefix.utf8.count), as: UTF8.self).lowercased() == prefix {
            try self.init(bech32: address, prefix: prefix)
        } else {
            try self.init(base58: address, network: network)
        }
    }

    private init(base58 text: String, network: Network) throws(AddressError) {
        guard let payload = Base58.decodeCheck(text, maxCount: 21) else {
            throw Base58.decode(text, maxCount: 100) == nil ? .unknownEncoding : .invalidBase58Checksum
        }
        switch payload.first {
        case network.pubKeyHashPrefix where payload.count == 21: self = .pubKeyHash(Array(payload.dropFirst()))
        case network.scriptHashPrefix where payload.count == 21: self = .scriptHash(Array(payload.dropFirst()))
        case network.pubKeyHashPrefix, network.scriptHashPrefix: throw .invalidBase58Length
        default: throw .unsupportedBase58
        }
    }

    private init(bech32 text: String, prefix: String) throws(AddressError) {
        guard let decoded = Bech32.decode(text) else {
            let unknown = Bech32.Diagnosis(fault: .invalidChecksum, positions: [])
            throw .invalidBech32(Bech32.diagnose(text) ?? unknown)
        }
        guard let version = decoded.values.first.map({ Int($0) }) else { throw .emptyBech32 }
        guard decoded.humanReadablePart == prefix else {
            throw .wrongPrefix(expected: prefix, actual: decoded.humanReadablePart)
        }
        if version == 0 && decoded.variant != .bech32 { throw .versionZeroNeedsBech32 }
        if version != 0 && decoded.variant != .bech32m { throw .laterVersionNeedsBech32m }
        guard let program = Bech32.bytes(ofFiveBitValues: decoded.values.dropFirst()) else { throw .invalidPadding }
        switch (version, program.count) {
        case (0, 20): self = .witnessV0KeyHash(program)
        case (0, 32): self = .witnessV0ScriptHash(program)
        case (0, let count): throw .invalidVersionZeroSize(count)
        case (1, 32): self = .witnessV1Taproot(program)
        case (1, 2) where program == [0x4e, 0x73]: self = .anchor
        case (17..., _): throw .invalidWitnessVersion
        case (_, 2...40): self = .witnessUnknown(version: version, program: program)
        case (_, let count): throw .invalidProgramSize(count)
        }
    }
}
