import BitcoinCrypto
import BitcoinDescriptors
import BitcoinPrimitives
import BitcoinScript
import TestData
import Testing

/// Damaged texts and random scripts: whatever comes in, the answer is a value or an error.
struct HostileInputTests {
    @Test(.timeLimit(.minutes(5)))
    func damagedDescriptorsNeverTrap() {
        var dice = SeededGenerator(seed: 1)
        let alphabet = Array("(){}[],/*'h<>;:#0123456789abcdefpkxtrvmu_ \u{7f}".utf8)
        let texts = Vectors.descriptors.valid.map(\.public) + Vectors.descriptors.multipath.map(\.public)
        for text in texts where text.utf8.count < 600 {
            for _ in 0..<40 {
                var bytes = Array(text.utf8)
                for _ in 0..<Int.random(in: 1...4, using: &dice) {
                    let position = Int.random(in: 0..<bytes.count, using: &dice)
                    switch Int.random(in: 0..<4, using: &dice) {
                    case 0: bytes[position] = alphabet.randomElement(using: &dice) ?? 0
                    case 1: bytes.insert(alphabet.randomElement(using: &dice) ?? 0, at: position)
                    case 2 where bytes.count > 1: bytes.remove(at: position)
                    default: bytes.append(contentsOf: bytes[position...].prefix(8))
                    }
                }
                let damaged = String(decoding: bytes, as: UTF8.self)
                guard let parsed = try? Descriptor.parse(damaged, on: .main) else { continue }
                for descriptor in parsed.descriptors {
                    let expansion = descriptor.expand(at: 0)
                    for script in expansion?.scripts ?? [] {
                        _ = Descriptor.infer(script, provider: expansion?.provider ?? FlatSigningProvider(), on: .main)
                    }
                    _ = descriptor.maxSatisfactionWeight(assumingLargeSignatures: true)
                    // What was understood can be written and understood again.
                    #expect((try? Descriptor.parse(descriptor.description, on: .main)) != nil, "\(damaged)")
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func randomScriptsNeverTrap() {
        var dice = SeededGenerator(seed: 2)
        let common: [UInt8] = [
            0x00, 0x51, 0x52, 0x63, 0x64, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x73, 0x76, 0x7c, 0x82, 0x87, 0x88, 0x92,
            0x93,
            0x9a, 0x9b, 0x9c, 0xa8, 0xa9, 0xac, 0xad, 0xae, 0xb1, 0xb2, 0xba, 0x4c, 0x4d, 0x4e, 0x01, 0x02, 0x14, 0x20,
            0x21,
        ]
        let provider = FlatSigningProvider()
        for round in 0..<4000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &dice) {
                if round % 2 == 0, let byte = common.randomElement(using: &dice) {
                    bytes.append(byte)
                } else {
                    bytes.append(UInt8.random(in: .min ... .max, using: &dice))
                }
            }
            let script = Script(bytes)
            _ = script.assembly(decodingSignatures: true)
            _ = script.signatureOperationCount(accurate: true)
            _ = script.witnessSignatureOperationCount(scriptSig: script, witness: [bytes])
            _ = Destination(scriptPubKey: script)?.address(on: .regtest)
            let inferred = Descriptor.infer(script, on: .regtest)
            #expect(inferred.expand(at: 0)?.scripts == [script] || !inferred.isSolvable || inferred.isMalformedKey)
            for context in [Miniscript.Context.p2wsh, .tapscript] {
                _ = Miniscript.infer(script, context: context, provider: provider)
            }
        }
    }

    /// Every way to put a few fragments together compiles to a script from which it is found again.
    @Test(.timeLimit(.minutes(5)))
    func everyWellTypedCombinationIsFoundAgain() throws {
        let key = "03d30199d74fb5a22d47b6e054e2f378cedacffcb89904a61d75d0dbd407143e65"
        let publicKey = try #require(
            try Miniscript.parse("pk(\(key))", context: .p2wsh, on: .main)?.keys.first.map { $0 })
        guard case .constant(let bytes, _) = publicKey.key else { return }
        let point = try PublicKey(bytes: bytes)
        let leaves = [
            "0", "1", "pk(\(key))", "pkh(\(key))", "pk_k(\(key))", "older(144)", "after(500000001)",
            "sha256(\(String(repeating: "ab", count: 32)))", "multi(1,\(key))",
        ]
        let wrappers = ["", "a:", "s:", "v:", "c:", "d:", "j:", "n:", "t:", "l:", "u:", "dv:", "sdv:", "an:"]
        let functions = ["and_v", "and_b", "or_b", "or_c", "or_d", "or_i", "and_n"]
        var provider = FlatSigningProvider()
        provider.publicKeys[KeyID(of: point)] = point
        var count = 0
        for function in functions {
            for left in leaves {
                for right in leaves {
                    for wrapper in wrappers {
                        for outer in ["", "t:", "n:", "j:"] {
                            let text = "\(outer)\(function)(\(wrapper)\(left),\(wrapper)\(right))"
                            guard let parsed = try Miniscript.parse(text, context: .p2wsh, on: .main),
                                parsed.miniscript.isValidTopLevel
                            else { continue }
                            count += 1
                            let script = parsed.miniscript.script(keys: parsed.keys.map { _ in point })
                            #expect(script.count == parsed.miniscript.scriptSize)
                            let found = Miniscript.infer(script, context: .p2wsh, provider: provider)
                            #expect(found?.miniscript.type == parsed.miniscript.type, "\(text)")
                            #expect(found?.miniscript.script(keys: found?.keys.map { _ in point } ?? []) == script)
                        }
                    }
                }
            }
        }
        #expect(count > 100)
    }
}

extension Descriptor {
    /// Whether a key was inferred that is no point, so that nothing can be expanded.
    fileprivate var isMalformedKey: Bool {
        expression.keys.contains { key in
            guard case .constant(let bytes, _) = key.key else { return false }
            return !PublicKey.isFullyValid(bytes)
        }
    }
}
