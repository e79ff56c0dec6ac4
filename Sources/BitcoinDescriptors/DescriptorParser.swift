package import BitcoinCrypto
package import BitcoinPrimitives
import BitcoinScript

extension Descriptor {
    /// Reads a descriptor.
    ///
    /// - Parameters:
    ///   - text: the descriptor, with or without checksum.
    ///   - network: the network of its keys and addresses.
    ///   - requiringChecksum: whether a text without checksum is refused.
    /// - Returns: one descriptor, or one for each alternative of a multipath text (BIP389), and the private keys that
    ///   the text held, by the name of their public keys.
    /// - Throws: `DescriptorError`, whose message is Core's.
    package static func parse(
        _ text: String, on network: Network, requiringChecksum: Bool = false
    ) throws(DescriptorError) -> (descriptors: [Descriptor], privateKeys: [KeyID: PrivateKey]) {
        let payload = try DescriptorChecksum.strip(text, isRequired: requiringChecksum)
        var parser = DescriptorParser(network: network)
        var rest = Array(payload.utf8)[...]
        let expressions = try parser.parseScript(&rest, in: .top)
        guard rest.isEmpty else { throw .script("Unexpected text behind the descriptor") }
        return (expressions.map { Descriptor($0, on: network) }, parser.privateKeys)
    }
}

/// Reads one descriptor. Every function gives a list: one expression for each alternative of multipath keys.
struct DescriptorParser {
    /// Where an expression stands, which decides what it may be.
    enum Context {
        /// In the output script itself.
        case top
        /// In the script of `sh`.
        case p2sh
        /// The key of `wpkh`.
        case p2wpkh
        /// In the script of `wsh`.
        case p2wsh
        /// In `tr`: the internal key or a leaf.
        case p2tr
    }

    let network: Network
    var nextKeyIndex: UInt32 = 0
    var privateKeys: [KeyID: PrivateKey] = [:]

    /// Reads one script expression and leaves what follows it.
    mutating func parseScript(
        _ text: inout TextSlice, in context: Context
    ) throws(DescriptorError) -> [ScriptExpression] {
        var body = text.takeExpression()
        if body.enter("pk") {
            return try keys(of: "pk", body, in: context).map { .pk($0, isXOnly: context == .p2tr) }
        }
        if context != .p2tr && body.enter("pkh") {
            return try keys(of: "pkh", body, in: context).map(ScriptExpression.pkh)
        }
        if body.enter("combo") {
            guard context == .top else { throw .script("Can only have combo() at top level") }
            return try keys(of: "combo", body, in: context).map(ScriptExpression.combo)
        }
        for (name, isTapscript, isSorted) in Self.multisigFunctions where body.enter(name) {
            return try parseMultisig(body, isTapscript: isTapscript, isSorted: isSorted, in: context)
        }
        if body.enter("wpkh") {
            guard context == .top || context == .p2sh else {
                throw .script("Can only have wpkh() at top level or inside sh()")
            }
            return try keys(of: "wpkh", body, in: .p2wpkh).map(ScriptExpression.wpkh)
        }
        if body.enter("sh") {
            guard context == .top else { throw .script("Can only have sh() at top level") }
            return try parseInner(&body, in: .p2sh).map(ScriptExpression.sh)
        }
        if body.enter("wsh") {
            guard context == .top || context == .p2sh else {
                throw .script("Can only have wsh() at top level or inside sh()")
            }
            return try parseInner(&body, in: .p2wsh).map(ScriptExpression.wsh)
        }
        if body.enter("addr") {
            guard context == .top else { throw .script("Can only have addr() at top level") }
            guard let destination = try? Destination(address: body.text, on: network) else {
                throw .script("Address is not valid")
            }
            return [.addr(destination)]
        }
        if body.enter("tr") {
            guard context == .top else { throw .script("Can only have tr at top level") }
            return try parseTaproot(body)
        }
        if body.enter("rawtr") {
            guard context == .top else { throw .script("Can only have rawtr at top level") }
            let key = body.takeExpression()
            guard body.isEmpty else { throw .script("rawtr(): only one key expected.") }
            return try keys(of: "rawtr", key, in: .p2tr).map(ScriptExpression.rawtr)
        }
        if body.enter("unused") {
            guard context == .top else { throw .script("Can only have unused at top level") }
            let key = body.takeExpression()
            guard body.isEmpty else { throw .script("unused(): only one key expected") }
            let keys = try parseKey(key, in: context)
            guard !keys.contains(where: \.isRange) else { throw .script("unused(): key cannot be ranged") }
            return keys.map(ScriptExpression.unused)
        }
        if body.enter("raw") {
            guard context == .top else { throw .script("Can only have raw() at top level") }
            guard !body.isEmpty, let script = Script(hex: body.text) else { throw .script("Raw script is not hex") }
            return [.raw(script)]
        }
        if let expressions = try parseMiniscript(body, in: context) { return expressions }
        switch context {
        case .p2sh: throw .script("A function is needed within P2SH")
        case .p2wsh: throw .script("A function is needed within P2WSH")
        default: throw .script("'\(Self.redacted(body))' is not a valid descriptor function")
        }
    }

    private static let multisigFunctions: [(name: String, isTapscript: Bool, isSorted: Bool)] = [
        ("multi", false, false), ("sortedmulti", false, true), ("multi_a", true, false), ("sortedmulti_a", true, true),
    ]

    /// A text for a message, unless it may hold a private key: a long word that is neither public nor hexadecimal.
    static func redacted(_ text: TextSlice) -> String {
        let words = text.split { byte in
            let character = Character(UnicodeScalar(byte))
            return !(character.isASCII && (character.isLetter || character.isNumber))
        }
        let mayHoldSecret = words.contains { word in
            word.count > 50 && !word.begins(with: "xpub") && !word.begins(with: "tpub")
                && !word.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
        return mayHoldSecret ? "..." : text.text
    }

    /// The one key of a function, whose name goes in front of what may be wrong.
    private mutating func keys(
        of function: String, _ text: TextSlice, in context: Context
    ) throws(DescriptorError) -> [KeyExpression] {
        do {
            return try parseKey(text, in: context)
        } catch {
            throw .key("\(function)(): \(error.message)")
        }
    }

    private mutating func parseInner(
        _ text: inout TextSlice, in context: Context
    ) throws(DescriptorError) -> [ScriptExpression] {
        let expressions = try parseScript(&text, in: context)
        guard text.isEmpty else { throw .script("Unexpected text '\(text.firstCharacter)' behind an expression") }
        return expressions
    }

    private mutating func parseMultisig(
        _ body: TextSlice, isTapscript: Bool, isSorted: Bool, in context: Context
    ) throws(DescriptorError) -> [ScriptExpression] {
        if isTapscript && context != .p2tr { throw .script("Can only have multi_a/sortedmulti_a inside tr()") }
        if !isTapscript && context == .p2tr {
            throw .script("Can only have multi/sortedmulti at top level, in sh(), or in wsh()")
        }
        var rest = body
        let thresholdText = rest.takeExpression()
        guard let threshold = thresholdText.decimal(max: Int64(UInt32.max)).map({ Int($0) }) else {
            throw .script("Multi threshold '\(thresholdText.text)' is not valid")
        }
        var keys: [[KeyExpression]] = []
        while !rest.isEmpty {
            guard rest.skip(",") else { throw .script("Multi: expected ',', got '\(rest.firstCharacter)'") }
            let text = rest.takeExpression()
            do {
                keys.append(try parseKey(text, in: context))
            } catch {
                throw .key("Multi: \(error.message)")
            }
        }
        try Self.checkMultisig(threshold: threshold, keys: keys, isTapscript: isTapscript, in: context)
        guard let alternatives = Self.transposed(keys) else {
            throw .script("multi(): Multipath derivation paths have mismatched lengths")
        }
        return alternatives.map { keys in
            isTapscript
                ? .multiA(threshold: threshold, keys: keys, isSorted: isSorted)
                : .multi(threshold: threshold, keys: keys, isSorted: isSorted)
        }
    }

    private static func checkMultisig(
        threshold: Int, keys: [[KeyExpression]], isTapscript: Bool, in context: Context
    ) throws(DescriptorError) {
        let limit = isTapscript ? maxPublicKeysPerMultiA : maxPublicKeysPerMultisig
        guard (1...limit).contains(keys.count) else {
            let kind = isTapscript ? "multi_a" : "multisig"
            throw .script(
                "Cannot have \(keys.count) keys in \(kind); must have between 1 and \(limit) keys, inclusive")
        }
        guard threshold >= 1 else { throw .script("Multisig threshold cannot be \(threshold), must be at least 1") }
        guard threshold <= keys.count else {
            throw .script(
                "Multisig threshold cannot be larger than the number of keys; threshold is \(threshold) but only "
                    + "\(keys.count) keys specified")
        }
        if context == .top && keys.count > 3 {
            throw .script("Cannot have \(keys.count) pubkeys in bare multisig; only at most 3 pubkeys")
        }
        let size = keys.reduce(3) { $0 + $1[0].size + 1 }
        if context == .p2sh && size > maxScriptElementSize {
            throw .script(
                "P2SH script is too large, \(size) bytes is larger than \(maxScriptElementSize) bytes")
        }
    }

    /// Turns "for each item its alternatives" into "for each alternative the items"; items without alternatives are
    /// the same in each. Nil when the numbers of alternatives differ.
    static func transposed<Item>(_ items: [[Item]]) -> [[Item]]? {
        let count = items.map(\.count).max() ?? 1
        guard items.allSatisfy({ $0.count == 1 || $0.count == count }) else { return nil }
        return (0..<count).map { alternative in items.map { $0.count == 1 ? $0[0] : $0[alternative] } }
    }
}
