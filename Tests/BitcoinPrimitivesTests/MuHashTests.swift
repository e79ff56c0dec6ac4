import BitcoinCrypto
import ByteCoding
import Testing

/// The hash over sets that come and go, with Core's test data (src/test/crypto_tests.cpp).
struct MuHashTests {
    private func element(_ number: UInt8) -> [UInt8] { [number] + [UInt8](repeating: 0, count: 31) }

    private func single(_ number: UInt8) -> MuHash3072 {
        var set = MuHash3072()
        set.insert(element(number))
        return set
    }

    @Test func equalsCoresHash() {
        let expected = "10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863"
        var set = single(0)
        set.insert(element(1))
        set.remove(element(2))
        #expect(set.finalize().description == expected)
        // The division was kept, and changes nothing.
        #expect(set.finalize().description == expected)
        var other = single(0)
        other.insert(single(1))
        other.remove(single(2))
        #expect(other.finalize().description == expected)
    }

    @Test func orderDoesNotMatter() {
        for table in [[0, 5, 3, 6], [7, 7, 1, 2], [4, 0, 0, 4], [1, 2, 3, 4]] as [[UInt8]] {
            let hashes = (0..<4).map { order in
                var set = MuHash3072()
                for position in 0..<4 {
                    let number = table[position ^ order]
                    if number & 4 != 0 { set.remove(element(number & 3)) } else { set.insert(element(number & 3)) }
                }
                return set.finalize()
            }
            #expect(Set(hashes).count == 1)
        }
    }

    @Test func whatComesAndGoesLeavesNothing() {
        var empty = MuHash3072()
        let expected = empty.finalize()
        for number in 0..<40 as Range<UInt8> {
            var set = single(number)
            set.insert(element(number &* 7))
            #expect(set.finalize() != expected)
            set.remove(element(number))
            set.remove(element(number &* 7))
            #expect(set.finalize() == expected)
        }
    }

    @Test func stateHasCoresForm() throws {
        var set = single(1)
        set.insert(element(2))
        let numerator =
            "1fa093295ea30a6a3acdc7b3f770fa538eff537528e990e2910e40bbcfd7f6696b1256901929094694b56316de342f59"
            + "3303dd12ac43e06dce1be1ff8301c845beb15468fff0ef002dbf80c29f26e6452bccc91b5cb9437ad410d2a67ea84788"
            + "7fa3c6a6553309946880fe20db2c73fe0641adbd4e86edfee0d9f8cd0ee1230898873dc13ed8ddcaf045c80faa082774"
            + "279007a2253f8922ee3ef361d378a6af3ddaf180b190ac97e556888c36b3d1fb1c85aab9ccd46e3deaeb7b7cf5db067a"
            + "7e9ff86b658cf3acd6662bbcce37232daa753c48b794356c020090c831a8304416e2aa7ad633c0ddb2f11be1be316a81"
            + "be7f7e472071c042cb68faef549c221ebff209273638b741aba5a81675c45a5fa92fea4ca821d7a324cb1e1a2ccd3b76"
            + "c4228ec8066dad2a5df6e1bd0de45c7dd5de8070bdb46db6c554cf9aefc9b7b2bbf9f75b1864d9f95005314593905c01"
            + "09b71f703d49944ae94477b51dac10a816bb6d1c700bafabc8bd86fac8df24be519a2f2836b16392e18036cb13e48c5c"
        let expected = try Hex.decode(numerator + "01" + String(repeating: "0", count: 766))
        #expect(set.encoded == expected)
        var read = try #require(MuHash3072(decoding: expected))
        #expect(read == set)
        #expect(read.finalize() == set.finalize())
        #expect(MuHash3072(decoding: expected.dropLast()) == nil)
        #expect(MuHash3072(decoding: expected + [0]) == nil)
    }

    @Test func stateAboveTheModulusIsReduced() throws {
        let one = [1] + [UInt8](repeating: 0, count: 383)
        let largest = [UInt8](repeating: 0xff, count: 384)
        var above = try #require(MuHash3072(decoding: largest + one))
        let expected = "3a31e6903aff0de9f62f9a9f7f8b861de76ce2cda09822b90014319ae5dc2271"
        #expect(Hex.encode(above.finalize().bytes) == expected || above.finalize().description == expected)
        // The same number, in the denominator too.
        var both = try #require(MuHash3072(decoding: largest + largest))
        var empty = MuHash3072()
        #expect(both.finalize() == empty.finalize())
    }

    @Test func divisionUndoesMultiplicationOfAnyNumber() throws {
        var empty = MuHash3072()
        let expected = empty.finalize()
        var generator = SystemRandomNumberGenerator()
        for round in 0..<60 {
            var bytes = (0..<384).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            // Small numbers, and such with long runs of equal bits.
            if round % 3 == 1 { for index in (round * 6)..<384 { bytes[index] = 0 } }
            if round % 3 == 2 { for index in 1..<(384 - round) { bytes[index] = round % 2 == 0 ? 0xff : 0 } }
            bytes[0] |= 1
            var quotient = try #require(MuHash3072(decoding: bytes + bytes))
            #expect(quotient.finalize() == expected)
        }
    }
}
