import BitcoinPrimitives
import ByteCoding
import TestData
import Testing

struct TextEncodingTests {
    @Test(arguments: [
        ("", ""), ("61", "2g"), ("626262", "a3gV"), ("636363", "aPEr"), ("00000000000000000000", "1111111111"),
        ("73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"),
        ("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"),
    ])
    func base58GoesBothWays(hex: String, text: String) throws {
        let bytes = try Hex.decode(hex)
        #expect(Base58.encode(bytes) == text)
        #expect(Base58.decode(text, maxCount: bytes.count) == bytes)
        if !bytes.isEmpty { #expect(Base58.decode(text, maxCount: bytes.count - 1) == nil) }
    }

    @Test func base58MatchesCoreVectors() throws {
        for case let pair as [String] in SharedFiles.json("vectors/base58_encode_decode.json") as? [Any] ?? [] {
            let bytes = try Hex.decode(pair[0])
            #expect(Base58.encode(bytes) == pair[1])
            #expect(Base58.decode(pair[1], maxCount: 256) == bytes)
        }
    }

    @Test func base58RefusesForeignCharactersAndWrongChecksums() {
        for text in ["invalid0", "good bad1", "bad0IOl", "\u{e9}"] {
            #expect(Base58.decode(text, maxCount: 100) == nil)
        }
        #expect(Base58.decode(" \t\n\u{b}\u{c}\rskip \r\u{c}\u{b}\n\t a", maxCount: 3) == nil)
        #expect(Base58.decode(" \t\n\u{b}\u{c}\rskip \r\u{c}\u{b}\n\t ", maxCount: 3) == [0x97, 0x1a, 0x55])
        #expect(Base58.decodeCheck("3vQB7B6MrGQZaxCuFg4oh", maxCount: 100) == Array("hello world".utf8).map { $0 })
        #expect(Base58.decodeCheck("3vQB7B6MrGQZaxCuFg4oi", maxCount: 100) == nil)
        #expect(Base58.decodeCheck("", maxCount: 100) == nil)
        #expect(Base58.encodeCheck(Array("hello world".utf8)) == "3vQB7B6MrGQZaxCuFg4oh")
    }

    @Test(arguments: [
        ("A12UEL5L", Bech32.Variant.bech32), ("a12uel5l", .bech32),
        ("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs", .bech32),
        ("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", .bech32),
        ("split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", .bech32), ("?1ezyfcl", .bech32),
        ("A1LQFN3A", .bech32m), ("a1lqfn3a", .bech32m),
        ("abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", .bech32m), ("?1v759aa", .bech32m),
    ])
    func bech32AcceptsTheVectorsOfTheBIPs(text: String, variant: Bech32.Variant) throws {
        let decoded = try #require(Bech32.decode(text))
        #expect(decoded.variant == variant)
        let again = Bech32.encode(variant, humanReadablePart: decoded.humanReadablePart, values: decoded.values)
        #expect(again == text.lowercased())
    }

    @Test(arguments: [
        " 1nwldj5", "\u{7f}1axkwrx", "\u{80}1eym55h", "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3",
        "de1lg7wt\u{ff}",
        "A1G7SGD8", "10a06t8", "1qzzfhee", "a12UEL5L", "A12uEL5L", "", "1",
        "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
    ])
    func bech32RefusesTheInvalidVectorsOfTheBIPs(text: String) {
        #expect(Bech32.decode(text) == nil)
    }

    @Test(
        arguments: [
            (" 1nwldj5", "Invalid character or mixed case", [0]),
            (
                "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
                "Bech32 string too long", [90]
            ),
            ("pzry9x0s0muk", "Missing separator", []), ("1pzry9x0s0muk", "Invalid separator position", [0]),
            ("x1b4n0q5v", "Invalid Base 32 character", [2]), ("li1dgmt3", "Invalid separator position", [2]),
            ("A1G7SGD8", "Invalid checksum", []), ("a12UEL5L", "Invalid character or mixed case", [3, 4, 5, 7]),
            ("abcdef1qpzrz9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "Invalid Bech32 checksum", [11]),
            ("test1zg69w7y6hn0aqy352euf40x77qddq3dc", "Invalid Bech32 checksum", [9, 16]),
            ("M1VUXWEZ", "Invalid checksum", []), ("mm1crxm3i", "Invalid Base 32 character", [8]),
            ("abcdef1l7aum6echk45nj2s0wdvt2fg8x9yrzpqzd3ryx", "Invalid Bech32m checksum", [21]),
            ("test1zg69v7y60n00qy352euf40x77qcusag6", "Invalid Bech32m checksum", [13, 32]),
        ] as [(String, String, [Int])])
    func bech32SaysWhatIsWrongAndWhere(text: String, message: String, positions: [Int]) throws {
        let diagnosis = try #require(Bech32.diagnose(text))
        #expect(diagnosis.fault.rawValue == message)
        #expect(diagnosis.positions == positions)
        #expect(Bech32.diagnose("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw") == nil)
    }

    @Test func fiveBitValuesGoBothWays() {
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 77 &+ 13) }
            #expect(Bech32.bytes(ofFiveBitValues: Bech32.fiveBitValues(of: bytes)) == bytes)
        }
        #expect(Bech32.bytes(ofFiveBitValues: [0, 1]) == nil)
        #expect(Bech32.bytes(ofFiveBitValues: [32, 0]) == nil)
        #expect(Bech32.bytes(ofFiveBitValues: [0]) == nil)
    }

    @Test(arguments: [
        (Amount(0), "0.00000000"), (1, "0.00000001"), (-1, "-0.00000001"), (12_345_678_901, "123.45678901"),
        (-100_000_000, "-1.00000000"), (.min, "-92233720368.54775808"),
    ])
    func amountsHaveEightDecimals(amount: Amount, text: String) {
        #expect(amount.bitcoinText == text)
    }
}
