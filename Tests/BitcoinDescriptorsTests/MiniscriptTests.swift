import BitcoinCrypto
import BitcoinDescriptors
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Testing

struct MiniscriptTests {
    @Test(arguments: Vectors.miniscripts)
    func vectorsHaveTheirScriptsTypesAndBounds(vector: Vectors.Miniscript) throws {
        try check(
            vector, .p2wsh, script: vector.script, witness: vector.witness,
            isInvalid: !vector.modes.contains("VALID") || vector.modes.contains("P2WSH_INVALID"))
        try check(
            vector, .tapscript, script: vector.tapscript == "=" ? vector.script : vector.tapscript,
            witness: vector.tapWitness,
            isInvalid: !vector.modes.contains("VALID") || vector.modes.contains("TAPSCRIPT_INVALID"))
    }

    private func check(
        _ vector: Vectors.Miniscript, _ context: Miniscript.Context, script: String, witness: Int?, isInvalid: Bool
    ) throws {
        let text = vector.miniscript
        let parsed = try? Miniscript.parse(text, context: context, on: .main)
        if isInvalid {
            #expect(parsed.map { !$0.miniscript.isValidTopLevel } ?? true, "valid in \(context): \(text)")
            return
        }
        let (miniscript, keys) = try #require(parsed, "not parsed in \(context): \(text)")
        #expect(miniscript.isValidTopLevel)
        #expect(miniscript.type.contains("m") == vector.modes.contains("NONMAL"))
        #expect(miniscript.type.contains("s") == vector.modes.contains("NEEDSIG"))
        #expect(miniscript.type.contains("k") != vector.modes.contains("TIMELOCKMIX"))
        let publicKeys = try keys.map { key in
            guard case .constant(let bytes, _) = key.key else { throw KeyError.invalidPublicKey }
            return try PublicKey(bytes: bytes)
        }
        let compiled = miniscript.script(keys: publicKeys)
        #expect(compiled.count == miniscript.scriptSize)
        if script != "?" { #expect(compiled.hex == script) }
        if let ops = vector.ops { #expect(miniscript.maxOperations == ops) }
        if let stack = vector.stack { #expect(miniscript.maxStackSize == stack) }
        if let witness { #expect(miniscript.maxWitnessSize == witness) }
        if let peak = vector.exec { #expect(miniscript.maxExecutionStackSize == peak) }

        var provider = FlatSigningProvider()
        for key in publicKeys {
            provider.publicKeys[KeyID(of: key)] = key
            provider.publicKeys[KeyID(bytes: HASH160.hash(key.xOnly.bytes))] = key
        }
        let (inferred, inferredKeys) = try #require(Miniscript.infer(compiled, context: context, provider: provider))
        let again = try inferredKeys.map { key in
            guard case .constant(let bytes, _) = key.key else { throw KeyError.invalidPublicKey }
            return try PublicKey(bytes: bytes)
        }
        #expect(inferred.script(keys: again) == compiled)
    }

    @Test(arguments: [
        // A push that is longer than needed, and a check and a verification that should have been one opcode.
        "0000210232780000feff00ffffffffffff21ff005f00ae21ae00000000060602060406564c2102320000060900fe00005f00ae21ae00"
            + "100000060606060606000000000000000000000000000000000000000000000000000000000000000000",
        "2103a0434d9e47f3c86235477c7b1ae6ae5d3442d49b1943c2b752a68e2a47e247c7ac6951",
        "", "ac", "6868686868", "9c", "ae", "5287", "935287", "7c935287",
    ])
    func scriptsThatAreNoMiniscriptAreRefused(hex: String) throws {
        let script = try #require(Script(hex: hex))
        let provider = FlatSigningProvider()
        #expect(Miniscript.infer(script, context: .p2wsh, provider: provider) == nil)
        #expect(Miniscript.infer(script, context: .tapscript, provider: provider) == nil)
    }

    private let a = "03d30199d74fb5a22d47b6e054e2f378cedacffcb89904a61d75d0dbd407143e65"
    private let b = "03fff97bd5755eeea420453a14355235d382f6472f8568a18b2f057a1460297556"

    private func complaint(_ text: String) throws -> String? {
        let (miniscript, keys) = try #require(try Miniscript.parse(text, context: .p2wsh, on: .main))
        return miniscript.complaint(keys: keys.indices.map { "K\($0)" })
    }

    @Test func whatIsNotSaneIsNamedAsDeepAsPossible() throws {
        #expect(try complaint("pk(\(a))") == nil)
        #expect(try complaint("and_v(v:pk(\(a)),pk(\(a)))")?.hasSuffix("contains duplicate public keys") == true)
        #expect(
            try complaint("or_i(pk(\(b)),and_b(pk(\(a)),s:pk(\(a))))")
                == "and_b(pk(K1),s:pk(K2)) is not sane: contains duplicate public keys")
        #expect(
            try complaint("or_i(and_b(after(1),a:after(1000000000)),pk(\(a)))")
                == "and_b(after(1),a:after(1000000000)) is not sane: contains mixes of timelocks expressed in blocks and seconds"
        )
        #expect(try complaint("older(1)") == "older(1) is not sane: witnesses without signature exist")
        #expect(try complaint("or_i(pk(\(a)),or_i(1,1))") == "or_i(1,1) is not sane: malleable witnesses exist")
        #expect(try complaint("and_v(pk(\(a)),1)") == "t:pk(K0) is invalid")
    }

    @Test(arguments: [
        "after(-1)", "after(+1)", "after()", "older(0)", "thresh(-1,1)", "thresh(1)", "thresh(1,", "thresh(2,1)",
        "and_v(",
        "and_v(1", "and_v(1,", "and_v(1,1", "and_v(1,1))", "vv:1", "x:1", ":1", "a:", "sha256(00)", "multi(1)",
        "multi(1,",
        "multi(0,03d30199d74fb5a22d47b6e054e2f378cedacffcb89904a61d75d0dbd407143e65)", "multi_a(", "pk()", "pk(", "2",
        "",
        "hash160(zz)", "andor(1,1)", "older(99999999999999999999999999)",
    ])
    func malformedTextsAreRefused(text: String) {
        for context in [Miniscript.Context.p2wsh, .tapscript] {
            #expect((try? Miniscript.parse(text, context: context, on: .main)) == nil)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func deepNestingNeitherTrapsNorTakesLong() throws {
        // Each level adds bytes to the script, so the text is given up once it must be too long.
        let deep = String(repeating: "and_b(older(1),a:", count: 998) + "pk(\(a))" + String(repeating: ")", count: 998)
        let (miniscript, keys) = try #require(try Miniscript.parse(deep, context: .tapscript, on: .main))
        #expect(miniscript.isSane)
        #expect(miniscript.maxExecutionStackSize == 1000)
        let script = miniscript.script(keys: [try PublicKey(bytes: Hex.decode(a))])
        #expect(keys.count == 1)
        #expect(
            Miniscript.infer(script, context: .tapscript, provider: FlatSigningProvider())?.miniscript.isSane == true)
        let (tooDeep, _) = try #require(
            try Miniscript.parse("and_b(older(1),a:\(deep))", context: .tapscript, on: .main))
        #expect(!tooDeep.isSane)

        let wrappers = String(repeating: "n", count: 50_000) + ":pk(\(a))"
        _ = try? Miniscript.parse(wrappers, context: .tapscript, on: .main)
        let open = String(repeating: "or_i(", count: 50_000)
        #expect((try? Miniscript.parse(open, context: .tapscript, on: .main)) == nil)
        #expect((try? Miniscript.parse(wrappers, context: .p2wsh, on: .main))?.miniscript.isSane != true)
        #expect(throws: DescriptorError.self) { _ = try Descriptor.parse("wsh(\(open))", on: .main) }
        #expect(throws: DescriptorError.self) {
            _ = try Descriptor.parse("tr(\(a),\(String(repeating: "{", count: 50_000)))", on: .main)
        }
    }
}
