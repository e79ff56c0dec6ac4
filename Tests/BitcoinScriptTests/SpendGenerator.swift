import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import TestData

/// Makes spends of every kind that are valid, or nearly so.
struct SpendGenerator {
    var random: SeededGenerator
    private let keys: [TestKey]

    /// Where a script lies, and so how its signatures are made.
    enum Place: String, CaseIterable {
        case bare
        case scriptHash = "script hash"
        case witness = "witness script"
        case wrappedWitness = "wrapped witness script"
        case leaf = "taproot script"
        var version: Version {
            switch self {
            case .bare, .scriptHash: .legacy
            case .witness, .wrappedWitness: .segwit
            case .leaf: .tapscript
            }
        }
    }

    enum Version { case legacy, segwit, tapscript }

    /// A script with what satisfies it, made once the transaction is known.
    struct Lock {
        var script: [UInt8]
        /// Makes the stack. Its argument signs with a key over the script from an index on, behind so many
        /// instructions.
        var satisfy: (_ sign: (TestKey, Int, UInt32) -> [UInt8]) -> [[UInt8]]
    }

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        keys = try (1...6).map { try TestKey(number: $0) }
    }

    /// A new spend.
    mutating func next() throws -> GeneratedSpend {
        var spend = unsigned()
        switch random.number(0..<12) {
        case 0: lockWithWitnessKeyHash(&spend)
        case 1: try lockWithTaprootKey(&spend)
        case 2:
            spend.kind = "unknown program"
            spend.spent[spend.input].scriptPubKey = Script(unknownProgram())
        default: try lock(&spend, at: random.one(of: Place.allCases))
        }
        return spend
    }

    private mutating func unsigned() -> GeneratedSpend {
        let inputCount = random.one(of: [1, 1, 1, 2, 3, 4])
        let inputs = (0..<inputCount).map { _ in
            TransactionInput(
                previousOutput: OutPoint(
                    transactionID: TransactionID(bytes: random.bytes(32)) ?? .zero,
                    index: UInt32(random.number(0..<4))),
                sequence: random.sequence())
        }
        return GeneratedSpend(
            version: random.one(of: [1, 2, 2, 2, 0, 0xffff_ffff]),
            lockTime: random.one(of: [0, 0, 17, 499_999_999, 500_000_000, 600_000_000]), inputs: inputs,
            outputs: (0..<random.number(0..<4)).map { _ in random.output() },
            spent: (0..<inputCount).map { _ in random.output() }, input: random.number(0..<inputCount))
    }

    private mutating func unknownProgram() -> [UInt8] {
        if random.chance(20) { return [0x51, 2, 0x4e, 0x73] }
        let program = random.bytes(random.one(of: [1, 2, 20, 31, 32, 33, 40, 41]))
        return [random.one(of: [0, 0x51, 0x52, 0x60]), UInt8(program.count)] + program
    }

    // MARK: Keys without scripts

    private mutating func lockWithWitnessKeyHash(_ spend: inout GeneratedSpend) {
        let key = random.one(of: keys)
        let bytes = random.chance(90) ? key.compressed : key.uncompressed
        let program = [0, 20] + HASH160.hash(bytes)
        let isWrapped = random.chance(40)
        spend.kind = isWrapped ? "wrapped witness key" : "witness key"
        spend.spent[spend.input].scriptPubKey = Script(isWrapped ? Self.scriptHash(program) : program)
        if isWrapped { spend.inputs[spend.input].scriptSig = Script([UInt8(program.count)] + program) }
        let code = [0x76, 0xa9, 20] + program[2...] + [0x88, 0xac]
        let signature = sign(spend, key, code[...], .segwit, leaf: nil, annex: nil, separator: .max)
        spend.inputs[spend.input].witness = [signature, bytes]
    }

    private mutating func lockWithTaprootKey(_ spend: inout GeneratedSpend) throws {
        let key = random.one(of: keys)
        spend.kind = "taproot key"
        let root = random.chance(50) ? Hash256(bytes: random.bytes(32)) : nil
        let output = try key.output(root)
        spend.spent[spend.input].scriptPubKey = Script([0x51, 32] + output.key)
        let annex = random.chance(20) ? [0x50] + random.bytes(random.number(0..<5)) : nil
        let signature = sign(spend, output.signer, [], .tapscript, leaf: nil, annex: annex, separator: .max)
        spend.inputs[spend.input].witness = [signature] + (annex.map { [$0] } ?? [])
    }

    // MARK: Scripts

    private mutating func lock(_ spend: inout GeneratedSpend, at place: Place) throws {
        spend.kind = place.rawValue
        var lock = lock(for: place.version)
        // A change before signing gets deeper into the machine than one that breaks the hash of the script.
        if random.chance(30) { lock.script.mutate(&random) }
        let script = lock.script
        let annex = place == .leaf && random.chance(20) ? [0x50] + random.bytes(random.number(0..<5)) : nil
        let leafVersion: UInt8 = random.chance(92) ? 0xc0 : random.byte() & 0xfe
        let leaf = place == .leaf ? Taproot.leafHash(version: leafVersion, script: script[...]) : nil
        var control: [UInt8] = []
        let input = spend.input
        switch place {
        case .bare: spend.spent[input].scriptPubKey = Script(script)
        case .scriptHash: spend.spent[input].scriptPubKey = Script(Self.scriptHash(script))
        case .witness: spend.spent[input].scriptPubKey = Script([0, 32] + SHA256.hash(script))
        case .wrappedWitness:
            let program = [0, 32] + SHA256.hash(script)
            spend.spent[input].scriptPubKey = Script(Self.scriptHash(program))
            spend.inputs[input].scriptSig = Script([34] + program)
        case .leaf:
            var root = leaf ?? .zero
            var path: [UInt8] = []
            for _ in 0..<random.one(of: [0, 0, 1, 2, 5]) {
                let node = Hash256(bytes: random.bytes(32)) ?? .zero
                root = Taproot.branchHash(root, node)
                path += node.bytes
            }
            let key = random.one(of: keys)
            let output = try key.output(root)
            spend.spent[input].scriptPubKey = Script([0x51, 32] + output.key)
            control = [leafVersion | (output.isOdd ? 1 : 0)] + key.xOnly + path
        }
        let unsigned = spend
        var generator = self
        let stack = lock.satisfy { key, start, separator in
            let code = script[min(start, script.count)...]
            return generator.sign(unsigned, key, code, place.version, leaf: leaf, annex: annex, separator: separator)
        }
        random = generator.random
        switch place {
        case .bare, .scriptHash:
            var builder = ScriptBuilder()
            for item in stack { builder.pushMinimally(item) }
            if place == .scriptHash { builder.push(script) }
            spend.inputs[input].scriptSig = builder.script
        case .witness, .wrappedWitness: spend.inputs[input].witness = stack + [script]
        case .leaf: spend.inputs[input].witness = stack + [script, control] + (annex.map { [$0] } ?? [])
        }
    }

    static func scriptHash(_ script: [UInt8]) -> [UInt8] { [0xa9, 20] + HASH160.hash(script) + [0x87] }

    /// A public key of some form.
    private mutating func form(_ key: TestKey, _ version: Version) -> [UInt8] {
        switch version {
        case .tapscript: random.chance(92) ? key.xOnly : random.one(of: [key.compressed, [], [2], random.bytes(32)])
        case .segwit: random.chance(90) ? key.compressed : random.one(of: [key.uncompressed, key.hybrid])
        case .legacy: random.one(of: [key.compressed, key.compressed, key.uncompressed, key.hybrid])
        }
    }

    private mutating func lock(for version: Version) -> Lock {
        switch random.number(0..<14) {
        case 0, 1: return payToKey(version)
        case 2: return payToKeyHash(version)
        case 3, 4: return version == .tapscript ? addSignatures() : multisig(version)
        case 5: return hashLock(version)
        case 6: return branches(version)
        case 7: return separated(version)
        case 8: return arithmetic()
        case 9: return negated(version)
        case 10 where version == .tapscript: return manySignatures()
        case 10: return selfReferring()
        case 11: return stackShuffle()
        case 12: return noise()
        default: return waiting(version)
        }
    }

    private mutating func payToKey(_ version: Version) -> Lock {
        let key = random.one(of: keys)
        var builder = ScriptBuilder()
        builder.push(form(key, version))
        builder.append(.checkSig)
        return Lock(script: builder.bytes) { sign in [sign(key, 0, .max)] }
    }

    private mutating func payToKeyHash(_ version: Version) -> Lock {
        let key = random.one(of: keys)
        let bytes = form(key, version)
        var builder = ScriptBuilder()
        builder.append(.dup, .hash160)
        builder.push(HASH160.hash(bytes))
        builder.append(.equalVerify, .checkSig)
        return Lock(script: builder.bytes) { sign in [sign(key, 0, .max), bytes] }
    }

    private mutating func multisig(_ version: Version) -> Lock {
        let total = random.one(of: [1, 2, 3, 3, 5, 20])
        let required = random.number(0..<(min(total, 4) + 1))
        let chosen = (0..<total).map { _ in random.one(of: keys) }
        let signers = (0..<total).shuffled(using: &random).prefix(required).sorted().map { chosen[$0] }
        var builder = ScriptBuilder()
        builder.push(number: Int64(required))
        for key in chosen { builder.push(form(key, version)) }
        builder.push(number: Int64(total))
        builder.append(.checkMultiSig)
        let dummy: [UInt8] = random.chance(90) ? [] : [1]
        let empties = random.chance(10)
        return Lock(script: builder.bytes) { sign in
            [dummy] + signers.map { empties ? [] : sign($0, 0, .max) }
        }
    }

    private mutating func addSignatures() -> Lock {
        let chosen = (0..<random.number(1..<5)).map { _ in random.one(of: keys) }
        let signing = chosen.map { _ in random.chance(70) }
        var builder = ScriptBuilder()
        for (position, key) in chosen.enumerated() {
            builder.push(form(key, .tapscript))
            builder.append(position == 0 ? .checkSig : .checkSigAdd)
        }
        builder.push(number: Int64(signing.filter { $0 }.count))
        builder.append(random.chance(80) ? .numEqual : .greaterThanOrEqual)
        return Lock(script: builder.bytes) { sign in
            zip(chosen, signing).reversed().map { $1 ? sign($0, 0, .max) : [] }
        }
    }

    private mutating func hashLock(_ version: Version) -> Lock {
        let key = random.one(of: keys)
        let secret = random.bytes(random.one(of: [0, 1, 32, 80]))
        var builder = ScriptBuilder()
        switch random.number(0..<5) {
        case 0:
            builder.append(.sha256)
            builder.push(SHA256.hash(secret))
        case 1:
            builder.append(.hash256)
            builder.push(SHA256d.hash(secret).bytes)
        case 2:
            builder.append(.hash160)
            builder.push(HASH160.hash(secret))
        case 3:
            builder.append(.ripemd160)
            builder.push(RIPEMD160.hash(secret))
        default:
            builder.append(.sha1)
            builder.push(SHA1.hash(secret))
        }
        builder.append(.equalVerify)
        builder.push(form(key, version))
        builder.append(.checkSig)
        return Lock(script: builder.bytes) { sign in [sign(key, 0, .max), secret] }
    }

    private mutating func branches(_ version: Version) -> Lock {
        let one = random.one(of: keys)
        let other = random.one(of: keys)
        let takesFirst = random.chance(50)
        var builder = ScriptBuilder()
        builder.append(takesFirst ? .if : .notIf)
        builder.push(form(one, version))
        builder.append(.checkSigVerify)
        if random.chance(30) { builder.append(random.one(of: [.else, .else, .endIf, .codeSeparator, .verIf, .cat])) }
        builder.append(.else)
        builder.push(form(other, version))
        builder.append(.checkSigVerify, .endIf, .push1)
        let choice: [UInt8] = takesFirst ? (random.chance(85) ? [1] : [2]) : (random.chance(85) ? [] : [0x80])
        return Lock(script: builder.bytes) { sign in [sign(one, 0, .max), choice] }
    }

    private mutating func separated(_ version: Version) -> Lock {
        let first = random.one(of: keys)
        let second = random.one(of: keys)
        var builder = ScriptBuilder()
        builder.push(form(first, version))
        builder.append(.checkSigVerify)
        if random.chance(40) { builder.append(.nop) }
        let separator = builder.bytes.count
        let position: UInt32 = UInt32((try? builder.script.instructions().count) ?? 0)
        builder.append(.codeSeparator)
        builder.push(form(second, version))
        builder.append(.checkSig)
        return Lock(script: builder.bytes) { sign in
            [sign(second, separator + 1, position), sign(first, 0, .max)]
        }
    }

    private mutating func negated(_ version: Version) -> Lock {
        let key = random.one(of: keys)
        var builder = ScriptBuilder()
        builder.push(form(key, version))
        builder.append(.checkSig, .not)
        let wrong = random.one(of: [[], [], random.bytes(random.one(of: [1, 8, 64, 71]))])
        return Lock(script: builder.bytes) { _ in [wrong] }
    }

    /// More signature checks than the witness pays for, now and then.
    private mutating func manySignatures() -> Lock {
        let key = random.one(of: keys)
        let bytes = random.chance(70) ? key.xOnly : key.compressed
        let count = random.number(1..<8)
        var builder = ScriptBuilder()
        builder.push(bytes)
        for _ in 0..<count { builder.append(.dup2, .checkSigVerify) }
        builder.append(.checkSig)
        return Lock(script: builder.bytes) { sign in [sign(key, 0, .max)] }
    }

    /// A script that holds the signature it checks.
    private mutating func selfReferring() -> Lock {
        let key = random.one(of: keys)
        var builder = ScriptBuilder()
        let inside = random.chance(50)
        // An empty signature is found as OP_0.
        if inside { builder.append(.push0, .drop) }
        builder.push(key.compressed)
        builder.append(.checkSig)
        if !inside { builder.append(.push0, .drop) }
        let signs = random.chance(60)
        return Lock(script: builder.bytes) { sign in [signs ? sign(key, 0, .max) : []] }
    }

    private mutating func waiting(_ version: Version) -> Lock {
        let key = random.one(of: keys)
        var builder = ScriptBuilder()
        builder.push(
            number: random.one(of: [
                0, 1, 5, 16, 17, 30, -1, 1 << 22, 1 << 31, 1 << 32, 499_999_999, 500_000_000, 600_000_000,
                Int64(random.number(0..<(1 << 39))),
            ]))
        builder.append(random.chance(50) ? .checkLockTimeVerify : .checkSequenceVerify)
        builder.append(.drop)
        builder.push(form(key, version))
        builder.append(.checkSig)
        return Lock(script: builder.bytes) { sign in [sign(key, 0, .max)] }
    }

    private mutating func numberItem() -> [UInt8] {
        switch random.number(0..<8) {
        case 0...3: ScriptNumber.encode(Int64(random.number(-20..<20)))
        case 4: ScriptNumber.encode(random.one(of: [0x7fff_ffff, -0x7fff_ffff, 0x8000_0000, 128, -128, 255, 256]))
        case 5: random.one(of: [[0], [0x80], [1, 0], [0, 0x80], [0xff, 0]])
        default: random.bytes(random.number(0..<6))
        }
    }

    private mutating func arithmetic() -> Lock {
        var builder = ScriptBuilder()
        let stack = (0..<random.number(2..<5)).map { _ in numberItem() }
        for _ in 0..<random.number(1..<5) {
            builder.append(Opcode(rawValue: UInt8(random.number(0x8b..<0xa6))))
            if random.chance(60) { builder.pushMinimally(numberItem()) }
        }
        if random.chance(60) { builder.append(.drop, .depth, .not) }
        if random.chance(30) { builder.append(.push1) }
        return Lock(script: builder.bytes) { _ in stack }
    }

    private mutating func stackShuffle() -> Lock {
        var builder = ScriptBuilder()
        let stack = (0..<random.number(1..<8)).map { _ in numberItem() }
        for _ in 0..<random.number(1..<10) {
            builder.append(Opcode(rawValue: UInt8(random.number(0x6b..<0x7e))))
            if random.chance(30) { builder.push(number: Int64(random.number(-1..<5))) }
        }
        if random.chance(30) {
            // Towards the limit of the stack.
            for _ in 0..<random.number(1..<340) { builder.append(.dup3) }
        }
        builder.append(.push1)
        return Lock(script: builder.bytes) { _ in stack }
    }

    private mutating func noise() -> Lock {
        var builder = ScriptBuilder()
        if random.chance(5) {
            // Towards the limits of size and operations.
            builder.append(
                raw: [UInt8](repeating: random.one(of: [0x61, 0x51, 0]), count: random.one(of: [201, 202, 9999])))
        }
        for _ in 0..<random.number(1..<25) {
            if random.chance(40) {
                builder.pushMinimally(numberItem())
            } else {
                builder.append(Opcode(rawValue: random.opcode()))
            }
        }
        if random.chance(5) { builder.push(random.bytes(random.one(of: [75, 76, 255, 256, 520, 521]))) }
        if random.chance(50) { builder.append(.push1) }
        let stack = (0..<random.number(0..<6)).map { _ in numberItem() }
        return Lock(script: builder.bytes) { _ in stack }
    }

    // MARK: Signatures

    private mutating func sign(
        _ spend: GeneratedSpend, _ key: TestKey, _ code: ArraySlice<UInt8>, _ version: Version, leaf: Hash256?,
        annex: [UInt8]?, separator: UInt32
    ) -> [UInt8] {
        let data = spend.data
        guard version == .tapscript else {
            let byte: UInt8 = random.chance(85) ? random.one(of: [1, 2, 3, 0x81, 0x82, 0x83]) : random.byte()
            let type = SignatureHashType(byte)
            let hash =
                version == .legacy
                ? data.legacySignatureHash(
                    input: spend.input, scriptCode: code.withoutEmptyPushes(random.chance(10)), type: type)
                : data.segwitSignatureHash(input: spend.input, scriptCode: code, type: type)
            return encode(key.secret.ecdsaSignature(of: hash)) + [byte]
        }
        let byte: UInt8 = random.chance(95) ? random.one(of: [0, 0, 0, 1, 2, 3, 0x81, 0x82, 0x83]) : random.byte()
        var context = leaf.map { PrecomputedTransactionData.TapscriptContext(leafHash: $0) }
        context?.codeSeparatorPosition = separator
        let hash = data.taprootSignatureHash(
            input: spend.input, type: SignatureHashType(byte), annexHash: annex.map(Self.annexHash), tapscript: context)
        let signature = key.secret.schnorrSignature(of: hash ?? .zero)
        return byte == 0 && random.chance(97) ? signature : signature + [byte]
    }

    private static func annexHash(_ annex: [UInt8]) -> Hash256 {
        var hasher = SHA256Hasher()
        hasher.update([UInt8(annex.count)] + annex)
        return hasher.finalizeHash()
    }

    /// The same signature in one of the forms that were allowed before BIP66, now and then.
    private mutating func encode(_ der: [UInt8]) -> [UInt8] {
        guard random.chance(15), der.count > 8 else { return der }
        let rCount = Int(der[3])
        var r = Array(der[4..<(4 + rCount)])
        var s = Array(der[(6 + rCount)...])
        if random.chance(40) { s = TestKey.negated(s) }
        if random.chance(30) { r.insert(contentsOf: [UInt8](repeating: 0, count: random.number(1..<4)), at: 0) }
        if random.chance(20), r.first == 0 { r.removeFirst() }
        let body = [0x02] + length(r.count) + r + [0x02] + length(s.count) + s
        let total = random.chance(80) ? length(body.count) : [random.byte() & 0x83]
        return [0x30] + total + body + (random.chance(20) ? random.bytes(random.number(1..<4)) : [])
    }

    private mutating func length(_ count: Int) -> [UInt8] {
        switch random.number(0..<10) {
        case 0: [0x81, UInt8(count)]
        case 1: [0x85, 0, 0, 0, 0, UInt8(count)]
        case 2: [0x83, 0, 0, UInt8(count)]
        default: [UInt8(count)]
        }
    }
}

extension ArraySlice<UInt8> {
    /// Without the first `OP_0`, if asked: what a script that deletes an empty signature is signed as.
    fileprivate func withoutEmptyPushes(_ isWanted: Bool) -> ArraySlice<UInt8> {
        guard isWanted, let position = firstIndex(of: 0) else { return self }
        return (self[..<position] + self[(position + 1)...])
    }
}

extension ScriptBuilder {
    /// Pushes an item by one opcode where there is one for it.
    mutating func pushMinimally(_ item: [UInt8]) {
        if item.count <= 1, let number = try? ScriptNumber.decode(item), (-1...16).contains(number) {
            push(number: number)
        } else {
            push(item)
        }
    }
}
