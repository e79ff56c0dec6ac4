import BitcoinCrypto
import ByteCoding
import Testing

struct KeyTests {
    private let generator = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"

    @Test func privateKeyOneHasTheGeneratorAsPublicKey() throws {
        let key = try PrivateKey(bytes: [UInt8](repeating: 0, count: 31) + [1])
        #expect(Hex.encode(key.publicKey.bytes) == generator)
        #expect(key.publicKey.uncompressed.bytes.count == 65)
        #expect(key.publicKey.uncompressed.compressed == key.publicKey)
        #expect(Hex.encode(key.publicKey.hash160) == "751e76e8199196d454941c45d1b3a323f1433bd6")
    }

    @Test func numbersOutsideTheGroupAreNoPrivateKeys() throws {
        let order = try Hex.decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
        for bytes in [[], [UInt8](repeating: 0, count: 32), order, [UInt8](repeating: 1, count: 33)] {
            #expect(throws: KeyError.invalidPrivateKey) { _ = try PrivateKey(bytes: bytes) }
        }
    }

    @Test(arguments: [
        "", "02", "0579be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        // The right length and prefix, and an x that no point has.
        "020000000000000000000000000000000000000000000000000000000000000005",
        "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ])
    func malformedPublicKeysAreRefused(text: String) throws {
        let bytes = try Hex.decode(text)
        #expect(throws: KeyError.invalidPublicKey) { _ = try PublicKey(bytes: bytes) }
    }

    @Test func tweaksOfBothHalvesAgree() throws {
        let key = PrivateKey.random()
        let tweak = SHA256.hash([1, 2, 3])
        #expect(try key.adding(tweak: tweak).publicKey == key.publicKey.adding(tweak: tweak))
        #expect(throws: KeyError.invalidTweak) { _ = try key.adding(tweak: [1]) }
        #expect(throws: KeyError.invalidTweak) {
            _ = try key.publicKey.adding(tweak: [UInt8](repeating: 255, count: 32))
        }
    }

    @Test func taprootOutputKeyMatchesBIP341() throws {
        let internalKey = try XOnlyPublicKey(
            bytes: Hex.decode("d6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d"))
        #expect(
            Hex.encode(internalKey.tapTweak(merkleRoot: nil))
                == "b86e7be8f39bab32a6f2c0443abbc210f0edac0e2c53d501b36b64437d9c6c70")
        #expect(
            Hex.encode(try internalKey.taprootOutputKey(merkleRoot: nil).key.bytes)
                == "53a1f6e454df1aa2776a2814a721372d6258050de330b3c6d10ee8f4e0dda343")
    }

    @Test func secretsCompareByContentAndKeepAnyLength() {
        for count in [0, 1, 64, 65, 5000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let secret = SecretBytes(bytes)
            #expect(secret.exposed() == bytes)
            #expect(secret == SecretBytes(bytes))
            #expect(secret != SecretBytes(bytes + [1]))
        }
        var bytes: [UInt8] = [1, 2, 3]
        let secret = SecretBytes(consuming: &bytes)
        #expect(bytes == [0, 0, 0])
        #expect(secret.exposed() == [1, 2, 3])
    }
}
