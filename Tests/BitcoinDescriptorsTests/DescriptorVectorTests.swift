import BitcoinCrypto
import BitcoinDescriptors
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Testing

struct DescriptorVectorTests {
    private static func parse(_ text: String) throws -> (Descriptor, FlatSigningProvider) {
        let (descriptors, keys) = try Descriptor.parse(text, on: .main)
        #expect(descriptors.count == 1)
        return (try #require(descriptors.first), FlatSigningProvider(privateKeys: keys))
    }

    @Test func vectorsAreThere() {
        #expect(Vectors.descriptors.valid.count > 50)
        #expect(Vectors.descriptors.invalid.count > 50)
        #expect(Vectors.descriptors.multipath.count > 5)
        #expect(Vectors.miniscripts.count > 80)
    }

    @Test(arguments: Vectors.descriptors.valid)
    func validDescriptorsHaveTheirTextsAndScripts(vector: Vectors.Valid) throws {
        let (secret, keys) = try Self.parse(vector.private)
        let (open, none) = try Self.parse(vector.public)
        #expect(none.privateKeys.isEmpty)
        // Private keys leave no trace in the descriptor itself.
        #expect(secret.description == open.description)
        #expect(secret.plainText == Vectors.bare(vector.public))
        #expect(Vectors.bare(try #require(secret.privateText(provider: keys)).text) == Vectors.bare(vector.private))
        #expect(secret.normalizedText(provider: keys).map(Vectors.bare) == Vectors.bare(vector.normalized))
        #expect(secret.isRange == vector.flags.contains("RANGE"))
        #expect(secret.canSelfExpand == !vector.flags.contains("HARDENED"))
        #expect(secret.hasPrivateKeys(in: keys) == !vector.flags.contains("MISSING_PRIVKEYS"))
        let names = ["LEGACY": OutputType.legacy, "P2SH_SEGWIT": .p2shSegwit, "BECH32": .bech32, "BECH32M": .bech32m]
        #expect(secret.outputType == names[vector.type.replacing("OutputType::", with: "")])
        if let id = vector.id { #expect(secret.id.description == id) }

        for index in 0..<UInt32(secret.isRange ? vector.scripts.count : 3) {
            let expected = vector.scripts[secret.isRange ? Int(index) : 0]
            let expansion = try #require(secret.expand(at: index, provider: keys))
            #expect(expansion.scripts.map(\.hex) == expected)
            #expect(secret.expand(at: index, from: expansion.learnt)?.scripts == expansion.scripts)
            #expect((open.expand(at: index) == nil) == vector.flags.contains("HARDENED"))
            // What is inferred of a script gives the script again.
            for script in expansion.scripts {
                let inferred = Descriptor.infer(script, provider: expansion.provider, on: .main)
                #expect(inferred.isSolvable)
                #expect(inferred.expand(at: 0)?.scripts == [script])
                #expect(try Self.parse(inferred.description).0.description == inferred.description)
            }
            for (id, key) in secret.privateKeys(at: index, provider: keys) {
                #expect(KeyID(of: key.publicKey) == id)
            }
        }
    }

    @Test(arguments: Vectors.descriptors.invalid)
    func invalidDescriptorsAreRefusedWithCoresWords(vector: Vectors.Invalid) {
        for text in [vector.private, vector.public] where !text.isEmpty {
            #expect(throws: DescriptorError.self, "\(text)") { _ = try Descriptor.parse(text, on: .main) }
        }
        do {
            _ = try Descriptor.parse(vector.public.isEmpty ? vector.private : vector.public, on: .main)
        } catch {
            // Private keys are left out of messages here.
            if !vector.error.isEmpty && !vector.error.contains("prv") && !vector.error.contains("L4rK1") {
                #expect(error.message == vector.error)
            }
        }
    }

    @Test(arguments: Vectors.descriptors.multipath)
    func multipathGivesOneDescriptorForEachAlternative(vector: Vectors.Multipath) throws {
        let (secrets, keys) = try Descriptor.parse(vector.private, on: .main)
        let (open, _) = try Descriptor.parse(vector.public, on: .main)
        let provider = FlatSigningProvider(privateKeys: keys)
        #expect(secrets.map(\.description) == open.map(\.description))
        #expect(secrets.map(\.plainText) == vector.publics.map(Vectors.bare))
        #expect(secrets.compactMap { $0.privateText(provider: provider)?.text }.map(Vectors.bare) == vector.privates)
        #expect(secrets.compactMap { $0.normalizedText(provider: provider) }.map(Vectors.bare) == vector.normalized)
        for (descriptor, scripts) in zip(secrets, vector.scripts) {
            for (index, expected) in scripts.enumerated() {
                #expect(descriptor.expand(at: UInt32(index), provider: provider)?.scripts.map(\.hex) == expected)
            }
        }
    }

    @Test(arguments: Vectors.descriptors.inference)
    func inferenceMatchesCore(vector: Vectors.Inference) throws {
        var provider = FlatSigningProvider()
        for script in vector.scripts.compactMap({ Script(hex: $0) }) {
            provider.scripts[ScriptID(of: script.bytes)] = script
        }
        for pair in vector.keys {
            let bytes = try Hex.decode(pair[0])
            guard let key = try? PublicKey(bytes: bytes) else { continue }
            provider.publicKeys[KeyID(of: key)] = key
            guard !pair[1].isEmpty else { continue }
            let text = "pk([\(pair[1])]\(pair[0]))"
            let origin = try #require(try Descriptor.parse(text, on: .main).descriptors.first).expression.keys[0].origin
            provider.origins[KeyID(of: key)] = origin
        }
        let inferred = Descriptor.infer(try #require(Script(hex: vector.script)), provider: provider, on: .main)
        #expect(inferred.plainText == Vectors.bare(vector.descriptor))
    }

    @Test func checksumsAreThoseOfBIP380() throws {
        #expect(DescriptorChecksum.compute("raw(deadbeef)") == "89f8spxm")
        #expect(try DescriptorChecksum.strip("raw(deadbeef)#89f8spxm", isRequired: true) == "raw(deadbeef)")
        #expect(throws: DescriptorError.checksum("Missing checksum")) {
            _ = try DescriptorChecksum.strip("raw(deadbeef)", isRequired: true)
        }
        for (text, message) in [
            ("raw(deadbeef)#", "Expected 8 character checksum, not 0 characters"),
            ("raw(deadbeef)#89f8spxmx", "Expected 8 character checksum, not 9 characters"),
            ("raw(deadbeef)#89f8spx", "Expected 8 character checksum, not 7 characters"),
            ("raw(dedbeef)#89f8spxm", "Provided checksum '89f8spxm' does not match computed checksum 'vwlvuz5p'"),
            ("raw(deadbeef)##9f8spxm", "Multiple '#' symbols"),
            ("raw(Ü)#00000000", "Invalid characters in payload"),
        ] {
            do {
                _ = try DescriptorChecksum.strip(text, isRequired: true)
                Issue.record("accepted \(text)")
            } catch {
                if !message.contains("vwlvuz5p") { #expect(error.message == message) }
            }
        }
    }
}
