import BitcoinCrypto
package import BitcoinPrimitives
import BitcoinScript
import ByteCoding

extension DescriptorParser {
    /// Reads a script expression that is no function of descriptors, as miniscript.
    ///
    /// - Returns: nil when the text is no miniscript.
    /// - Throws: when a key is wrong, or the miniscript is not sane or stands where there can be none.
    mutating func parseMiniscript(
        _ text: TextSlice, in context: Context
    ) throws(DescriptorError) -> [ScriptExpression]? {
        var parser = MiniscriptParser(
            text, context: context == .p2wsh ? .p2wsh : .tapscript, keyContext: context == .p2wsh ? .p2wsh : .p2tr,
            keyParser: self)
        guard var miniscript = try parser.parse() else { return nil }
        guard context == .p2wsh || context == .p2tr else {
            throw .script("Miniscript expressions can only be used in wsh or tr.")
        }
        nextKeyIndex = parser.keyParser.nextKeyIndex
        privateKeys = parser.keyParser.privateKeys
        // As in Core, keys that need a private key to be derived cannot be told apart.
        miniscript.findRepeatedKeys(parser.keys.map { $0[0].comparisonKey })
        let network = network
        if let complaint = miniscript.complaint(
            keys: parser.keys.map { $0[0].text(.plain, on: network)?.text ?? "" })
        {
            throw .script(complaint)
        }
        guard let alternatives = Self.transposed(parser.keys) else {
            throw .script("Miniscript: Multipath derivation paths have mismatched lengths")
        }
        return alternatives.map { .miniscript(miniscript, keys: $0) }
    }
}

extension Miniscript {
    /// Reads a miniscript by itself.
    ///
    /// - Returns: nil when the text is no miniscript. A result need not be well typed, nor sane.
    /// - Throws: when a key is wrong.
    package static func parse(
        _ text: String, context: Context, on network: Network
    ) throws(DescriptorError) -> (miniscript: Miniscript, keys: [KeyExpression])? {
        var parser = MiniscriptParser(
            Array(text.utf8)[...], context: context, keyContext: context == .p2wsh ? .p2wsh : .p2tr,
            keyParser: DescriptorParser(network: network))
        guard var miniscript = try parser.parse() else { return nil }
        let keys = parser.keys.map { $0[0] }
        miniscript.findRepeatedKeys(keys.map(\.comparisonKey))
        return (miniscript, keys)
    }

    /// Finds the miniscript of a script.
    ///
    /// - Parameter provider: knows the public keys of hashes.
    /// - Returns: nil when the script has none. A result is well typed, but need not be sane.
    package static func infer(
        _ script: Script, context: Context, provider: some SigningProvider
    ) -> (miniscript: Miniscript, keys: [KeyExpression])? {
        var decoder = MiniscriptDecoder(context: context, inference: ScriptInference(provider: provider))
        return decoder.decode(script).map { ($0, decoder.keys) }
    }
}

extension KeyExpression {
    /// What two expressions have in common if they are the same key at index 0; nil if that cannot be known.
    var comparisonKey: [UInt8]? {
        var found = FlatSigningProvider()
        var learnt = DescriptorCache()
        if case .constant(let bytes, _) = key { return bytes }
        return publicKey(at: 0, provider: FlatSigningProvider(), cache: nil, found: &found, learnt: &learnt)?.bytes
    }
}

/// Reads a miniscript from text, with a list of what is still expected instead of recursion.
struct MiniscriptParser {
    /// What is to be read or built next.
    private enum Expectation {
        /// An expression, perhaps with wrappers before a colon.
        case wrapped
        /// An expression without wrappers.
        case bare
        /// This character.
        case character(String)
        /// A node over the last expressions read.
        case build(Miniscript.Fragment, arguments: Int)
        /// A node over the last expressions read and a constant: the short forms `t`, `u` and `and_n`.
        case buildShort(Miniscript.Fragment, arguments: Int, constant: Miniscript.Fragment)
        /// More arguments of a threshold, or its end.
        case threshold(Int, read: Int)
    }

    /// The keys in the order of the text, each with its alternatives.
    private(set) var keys: [[KeyExpression]] = []

    /// Reads keys, and counts them.
    private(set) var keyParser: DescriptorParser

    private let context: Miniscript.Context
    private let keyContext: DescriptorParser.Context
    private var rest: TextSlice
    private var miniscript: Miniscript
    private var expected: [Expectation] = [.wrapped]
    /// Positions of expressions that no node has taken in yet.
    private var finished: [Int] = []

    /// Starts at the beginning of a text.
    init(
        _ text: TextSlice, context: Miniscript.Context, keyContext: DescriptorParser.Context,
        keyParser: DescriptorParser
    ) {
        self.context = context
        self.keyContext = keyContext
        self.keyParser = keyParser
        rest = text
        miniscript = Miniscript(context: context)
    }

    /// Reads the whole text.
    ///
    /// - Returns: nil when it is no miniscript. A result need not be well typed.
    /// - Throws: when a key is wrong.
    mutating func parse() throws(DescriptorError) -> Miniscript? {
        // Every node but "v" takes a byte of script, and never does one "v" follow another; so this many nodes
        // are too long a script, and every expectation comes from a node.
        let limit = 2 * Miniscript.maxScriptSize(context)
        while let expectation = expected.popLast() {
            guard miniscript.nodes.count <= limit, expected.count <= 6 * limit,
                try fulfil(expectation)
            else { return nil }
        }
        return rest.isEmpty && finished.count == 1 ? miniscript : nil
    }

    /// Does one step; false when the text is no miniscript.
    private mutating func fulfil(_ expectation: Expectation) throws(DescriptorError) -> Bool {
        switch expectation {
        case .wrapped:
            return takeWrappers()
        case .bare:
            return try takeExpression()
        case .character(let character):
            return rest.skip(character)
        case .build(let fragment, let count):
            return build(fragment, count)
        case .buildShort(let fragment, let count, let constant):
            add(constant)
            return build(fragment, count + 1)
        case .threshold(let threshold, let read):
            if rest.skip(",") {
                expected.append(.threshold(threshold, read: read + 1))
                expected.append(.wrapped)
                return true
            }
            return rest.skip(")") && threshold <= read && build(.thresh(threshold), read)
        }
    }

    private mutating func add(_ fragment: Miniscript.Fragment, _ arguments: [Int] = []) {
        finished.append(miniscript.append(fragment, arguments))
    }

    private mutating func build(_ fragment: Miniscript.Fragment, _ count: Int) -> Bool {
        guard finished.count >= count else { return false }
        let arguments = Array(finished.suffix(count))
        finished.removeLast(count)
        add(fragment, arguments)
        return true
    }

    private mutating func takeWrappers() -> Bool {
        let letters = rest.prefix { (0x61...0x7a).contains($0) }
        let hasWrappers = !letters.isEmpty && rest.dropFirst(letters.count).first == UInt8(ascii: ":")
        var previous: UInt8 = 0
        if hasWrappers {
            for letter in letters {
                guard let wrapper = expectation(ofWrapper: letter, after: previous) else { return false }
                expected.append(wrapper)
                previous = letter
            }
            rest = rest.dropFirst(letters.count + 1)
        }
        expected.append(.bare)
        return true
    }

    private mutating func expectation(ofWrapper letter: UInt8, after previous: UInt8) -> Expectation? {
        switch letter {
        case UInt8(ascii: "a"): return .build(.a, arguments: 1)
        case UInt8(ascii: "s"): return .build(.s, arguments: 1)
        case UInt8(ascii: "c"): return .build(.c, arguments: 1)
        case UInt8(ascii: "d"): return .build(.d, arguments: 1)
        case UInt8(ascii: "j"): return .build(.j, arguments: 1)
        case UInt8(ascii: "n"): return .build(.n, arguments: 1)
        case UInt8(ascii: "v") where previous != letter: return .build(.v, arguments: 1)
        case UInt8(ascii: "t"): return .buildShort(.andV, arguments: 1, constant: .true_)
        case UInt8(ascii: "u"): return .buildShort(.orI, arguments: 1, constant: .false_)
        case UInt8(ascii: "l"):
            // The constant is the first half, so it comes before what follows.
            add(.false_)
            return .build(.orI, arguments: 2)
        default: return nil
        }
    }

    private mutating func takeExpression() throws(DescriptorError) -> Bool {
        if rest.skip("0") {
            add(.false_)
        } else if rest.skip("1") {
            add(.true_)
        } else if rest.begins(with: "pk(") {
            guard let key = try takeKey("pk") else { return false }
            add(.pkK(key))
            return build(.c, 1)
        } else if rest.begins(with: "pkh(") {
            guard let key = try takeKey("pkh") else { return false }
            add(.pkH(key))
            return build(.c, 1)
        } else if rest.begins(with: "pk_k(") {
            guard let key = try takeKey("pk_k") else { return false }
            add(.pkK(key))
        } else if rest.begins(with: "pk_h(") {
            guard let key = try takeKey("pk_h") else { return false }
            add(.pkH(key))
        } else if rest.skip("multi(") {
            return try takeMultisig(isTapscript: false)
        } else if rest.skip("multi_a(") {
            return try takeMultisig(isTapscript: true)
        } else if rest.skip("thresh(") {
            guard let threshold = takeNumberAndComma(), threshold >= 1 else { return false }
            expected.append(.threshold(threshold, read: 1))
            expected.append(.wrapped)
        } else if let leaf = takeHashOrLock() {
            guard let leaf else { return false }
            add(leaf)
        } else {
            return takeCombination()
        }
        return true
    }

    private static let combinations: [(name: String, fragment: Miniscript.Fragment, arguments: Int)] = [
        ("andor(", .andOr, 3), ("and_b(", .andB, 2), ("and_v(", .andV, 2), ("or_b(", .orB, 2), ("or_c(", .orC, 2),
        ("or_d(", .orD, 2), ("or_i(", .orI, 2),
    ]

    private mutating func takeCombination() -> Bool {
        var count = 2
        if rest.skip("and_n(") {
            expected.append(.buildShort(.andOr, arguments: 2, constant: .false_))
        } else if let found = Self.combinations.first(where: { rest.begins(with: $0.name) }) {
            _ = rest.skip(found.name)
            count = found.arguments
            expected.append(.build(found.fragment, arguments: count))
        } else {
            return false
        }
        expected.append(.character(")"))
        for argument in 0..<count {
            if argument > 0 { expected.append(.character(",")) }
            expected.append(.wrapped)
        }
        return true
    }

    /// A hash or a lock time. The outer nil means "none of these", the inner "not well formed".
    private mutating func takeHashOrLock() -> Miniscript.Fragment?? {
        if rest.begins(with: "sha256(") { return .some(takeHash("sha256", 32).map { .sha256($0) }) }
        if rest.begins(with: "hash256(") { return .some(takeHash("hash256", 32).map { .hash256($0) }) }
        if rest.begins(with: "ripemd160(") { return .some(takeHash("ripemd160", 20).map { .ripemd160($0) }) }
        if rest.begins(with: "hash160(") { return .some(takeHash("hash160", 20).map { .hash160($0) }) }
        if rest.begins(with: "after(") { return .some(takeLock("after").map { .after($0) }) }
        if rest.begins(with: "older(") { return .some(takeLock("older").map { .older($0) }) }
        return .none
    }

    private mutating func takeHash(_ function: String, _ count: Int) -> [UInt8]? {
        var body = rest.takeExpression()
        guard body.enter(function), let bytes = try? Hex.decode(body.text), bytes.count == count else { return nil }
        return bytes
    }

    private mutating func takeLock(_ function: String) -> UInt32? {
        var body = rest.takeExpression()
        guard body.enter(function), let number = body.decimal(max: 0x7fff_ffff), number >= 1 else { return nil }
        return UInt32(number)
    }

    private mutating func takeKey(_ function: String) throws(DescriptorError) -> Int? {
        var body = rest.takeExpression()
        guard body.enter(function) else { return nil }
        return try addKey(body)
    }

    private mutating func addKey(_ text: TextSlice) throws(DescriptorError) -> Int {
        keys.append(try keyParser.parseKey(text, in: keyContext))
        return keys.count - 1
    }

    private mutating func takeNumberAndComma() -> Int? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard let number = digits.decimal(max: Int64(Int32.max)) else { return nil }
        rest = rest.dropFirst(digits.count)
        return rest.skip(",") ? Int(number) : nil
    }

    private mutating func takeMultisig(isTapscript: Bool) throws(DescriptorError) -> Bool {
        guard isTapscript == (context == .tapscript), let threshold = takeNumberAndComma() else { return false }
        var positions: [Int] = []
        repeat {
            let text = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ")") }
            guard !text.isEmpty, text.endIndex < rest.endIndex else { return false }
            positions.append(try addKey(text))
            rest = rest[text.endIndex...]
        } while rest.skip(",")
        let limit = isTapscript ? maxPublicKeysPerMultiA : maxPublicKeysPerMultisig
        guard rest.skip(")"), positions.count <= limit, (1...positions.count).contains(threshold) else { return false }
        add(isTapscript ? .multiA(threshold, keys: positions) : .multi(threshold, keys: positions))
        return true
    }
}
