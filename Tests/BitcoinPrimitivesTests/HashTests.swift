import BitcoinCrypto
import ByteCoding
import TestData
import Testing

struct HashTests {
    @Test(arguments: [
        ("", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
        ("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"),
        ("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
        ("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"),
        ("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "b0e20b6e3116640286ed3a87a5713079b21f5189"),
        (String(repeating: "1234567890", count: 8), "9b752e45573d4b39f4dbd3323cab82bf63326bfb"),
    ])
    func ripemd160MatchesThePaper(text: String, digest: String) {
        #expect(Hex.encode(RIPEMD160.hash(Array(text.utf8))) == digest)
    }

    @Test func sha2AndSHA1MatchTheStandard() {
        let abc = Array("abc".utf8)
        #expect(Hex.encode(SHA256.hash(abc)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Hex.encode(SHA1.hash(abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(Hex.encode(SHA512.hash(abc)).hasPrefix("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea2"))
        #expect(SHA256d.hash(abc).bytes == SHA256.hash(SHA256.hash(abc)))
    }

    @Test func hashOfPiecesIsHashOfTheWhole() {
        var hasher = SHA256Hasher()
        hasher.update([1, 2, 3])
        hasher.update([UInt8]()[...])
        hasher.update([4])
        #expect(hasher.finalize() == SHA256.hash([1, 2, 3, 4]))
        #expect(hasher.finalizeHash().bytes == SHA256.hash([1, 2, 3, 4]))
        #expect(hasher.finalizeDouble() == SHA256d.hash([1, 2, 3, 4]))
    }

    @Test func copyOfAHasherGoesOnByItself() {
        var first = SHA256Hasher()
        first.update([1, 2, 3])
        var second = first
        first.update([4])
        second.update([5])
        #expect(first.finalize() == SHA256.hash([1, 2, 3, 4]))
        #expect(second.finalize() == SHA256.hash([1, 2, 3, 5]))
        #expect(first.finalize() == SHA256.hash([1, 2, 3, 4]), "asking changes nothing")
    }

    @Test(arguments: [0, 252, 253, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000])
    func numbersAndCountsAreHashedAsTheyAreWritten(count: Int) {
        var writer = ByteWriter()
        writer.writeUInt8(7)
        writer.writeUInt32(0x0102_0304)
        writer.writeInt64(-5)
        writer.writeCompactSize(count)
        var hasher = SHA256Hasher()
        hasher.update(littleEndian: 7 as UInt8)
        hasher.update(littleEndian: 0x0102_0304 as UInt32)
        hasher.update(littleEndian: -5 as Int64)
        hasher.update(compactSize: count)
        #expect(hasher.finalize() == SHA256.hash(writer.bytes))
    }

    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 127, 128, 1000])
    func hashIsTheSameInAnyPieces(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var byByte = SHA256Hasher()
        for byte in bytes { byByte.update([byte]) }
        #expect(byByte.finalize() == SHA256.hash(bytes))
        #expect(SHA256d.hash(([0xaa] + bytes)[1...]) == byByte.finalizeDouble())
        #expect(HASH160.hash(bytes[...]) == RIPEMD160.hash(SHA256.hash(bytes)))
    }

    @Test func hmacSHA512MatchesRFC4231() {
        let code = HMACSHA512.authenticationCode(
            for: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(Hex.encode(code).hasPrefix("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"))
    }

    @Test func hash256ReadsReversedAndComparesAsANumber() throws {
        let text = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
        let hash = try #require(Hash256(hex: text))
        #expect(hash.description == text)
        #expect(hash.bytes.first == 0x6f)
        #expect(hash.bytes.last == 0)
        #expect(Hash256(bytes: hash.bytes) == hash)
        #expect(Hash256(bytes: hash.bytes.dropLast()) == nil)
        #expect(Hash256(hex: text + "0") == nil)
        #expect(Hash256(hex: "g" + text.dropFirst()) == nil)
        var low = [UInt8](repeating: 0, count: 32)
        low[0] = 0xff
        var high = [UInt8](repeating: 0, count: 32)
        high[31] = 1
        let (small, large) = (try #require(Hash256(bytes: low)), try #require(Hash256(bytes: high)))
        #expect(small < large)
        #expect(large.precedesInByteOrder(small))
    }

    @Test func sipHashMatchesCoreVectors() throws {
        var hasher = SipHash(key0: 0x0706_0504_0302_0100, key1: 0x0f0e_0d0c_0b0a_0908)
        #expect(hasher.finalize() == 0x726f_db47_dd0e_0e31)
        hasher.update([0])
        #expect(hasher.finalize() == 0x74f8_39c5_93dc_67fd)
        hasher.update(1...7)
        #expect(hasher.finalize() == 0x93f5_f579_9a93_2462)

        for entry in SharedFiles.json("vectors/siphash.json") as? [Any] ?? [] {
            let entry = try #require(entry as? [String: Any])
            let keys = try #require(entry["key"] as? [String]).compactMap { UInt64($0, radix: 16) }
            let inputs = try #require(entry["input"] as? [String])
            let expected = try #require(entry["expected"] as? [String: String])["siphash24"]
            guard let expected else { continue }
            var hasher = SipHash(key0: keys[0], key1: keys[1])
            for input in inputs { hasher.update(try Hex.decode(input)) }
            #expect(hasher.finalize() == UInt64(expected, radix: 16), "\(inputs)")
        }
    }

    @Test func quickSipHashMatchesCoreVectors() throws {
        let hasher = SipHash13UJ(key0: 0x0706_0504_0302_0100, key1: 0x0f0e_0d0c_0b0a_0908)
        #expect(hasher.finalize() == 0xfeee_657d_7e33_1ac3)
        var count = 0
        for entry in SharedFiles.json("vectors/siphash.json") as? [Any] ?? [] {
            let entry = try #require(entry as? [String: Any])
            let keys = try #require(entry["key"] as? [String]).compactMap { UInt64($0, radix: 16) }
            let inputs = try #require(entry["input"] as? [String])
            let expected = try #require(entry["expected"] as? [String: String])["siphash13uj"]
            guard let expected else { continue }
            var hasher = SipHash13UJ(key0: keys[0], key1: keys[1])
            for input in inputs {
                let bytes = try Hex.decode(input)
                if let hash = Hash256(bytes: bytes) {
                    hasher.update(hash)
                } else {
                    var reader = ByteReader(bytes)
                    hasher.update(try reader.readUInt64())
                }
            }
            #expect(hasher.finalize() == UInt64(expected, radix: 16), "\(inputs)")
            count += 1
        }
        print("\(count) vectors of SipHash-1-3-UJ")
    }

    @Test func aesDecryptsWhatItEncryptsAndMatchesNIST() throws {
        // SP 800-38A, F.2.5, first block.
        let key = SecretBytes(try Hex.decode("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"))
        let vector = try Hex.decode("000102030405060708090a0b0c0d0e0f")
        let plaintext = try Hex.decode("6bc1bee22e409f96e93d7e117393172a")
        let ciphertext = try AES256CBC.encrypt(plaintext, key: key, initializationVector: vector)
        #expect(ciphertext.count == 32)
        #expect(Hex.encode(ciphertext.prefix(16)) == "f58c4c04d6e5f1ba779eabfb5f7bfbd6")
        let back = try AES256CBC.decrypt(ciphertext, key: key, initializationVector: vector)
        #expect(back.exposed() == plaintext)
        let wrong = SecretBytes([UInt8](repeating: 7, count: 32))
        #expect(throws: CipherError.cannotDecrypt) {
            _ = try AES256CBC.decrypt(ciphertext, key: wrong, initializationVector: vector)
        }
        #expect(throws: CipherError.cannotDecrypt) {
            _ = try AES256CBC.decrypt([1, 2, 3], key: key, initializationVector: vector)
        }
        #expect(throws: CipherError.wrongParameterSize) {
            _ = try AES256CBC.encrypt(plaintext, key: key, initializationVector: [0])
        }
    }
}
