import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import Foundation
import TestData
import Testing

/// Numbers, targets and retargeting.
struct ProofOfWorkTests {
    @Test func numbersBehaveLikeNumbers() throws {
        let small = UInt256(7)
        let large = try #require(UInt256(hex: "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"))
        #expect(large.hex == "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210")
        #expect(large &+ .max == large &- UInt256(1))
        #expect(large &- large == .zero)
        #expect((large &* 3).divided(by: UInt256(3))?.hex.suffix(40) != nil)
        #expect((small << 250) >> 250 == small)
        #expect(small << 256 == .zero)
        #expect(small >> 256 == .zero)
        #expect((large >> 4).hex == "0fedcba9876543210fedcba9876543210fedcba9876543210fedcba987654321")
        #expect((large << 4).hex == "edcba9876543210fedcba9876543210fedcba9876543210fedcba98765432100")
        #expect((large << 64).hex == "fedcba9876543210fedcba9876543210fedcba98765432100000000000000000")
        #expect((large >> 100).hex == String(repeating: "0", count: 25) + "fedcba9876543210fedcba9876543210fedcba9")
        #expect(large.bitWidth == 256)
        #expect(small.bitWidth == 3)
        #expect(UInt256.zero.bitWidth == 0)
        #expect(large.divided(by: .zero) == nil)
        #expect(large.divided(by: large) == UInt256(1))
        #expect(small.divided(by: large) == .zero)
        #expect(UInt256.max.divided(by: UInt256(2)) == .max >> 1)
        #expect(UInt256(hex: "12") == UInt256(0x12))
        #expect(UInt256(hex: "") == nil)
        #expect(UInt256(hex: String(repeating: "1", count: 65)) == nil)
        #expect(UInt256(0x1_0000).doubleValue == 65536)
        #expect(small < large)
    }

    /// The cases of Core's arith_uint256_tests: what the bits stand for, and the shortest bits of that.
    @Test(arguments: [
        (0x0000_0000 as UInt32, "0", 0x0000_0000 as UInt32, false, false),
        (0x0012_3456, "0", 0, false, false), (0x0100_3456, "0", 0, false, false),
        (0x0200_0056, "0", 0, false, false), (0x0300_0000, "0", 0, false, false),
        (0x0400_0000, "0", 0, false, false), (0x0092_3456, "0", 0, false, false),
        (0x0180_3456, "0", 0, false, false), (0x0112_3456, "12", 0x0112_0000, false, false),
        (0x0212_3456, "1234", 0x0212_3400, false, false), (0x0312_3456, "123456", 0x0312_3456, false, false),
        (0x0412_3456, "12345600", 0x0412_3456, false, false),
        (0x0492_3456, "12345600", 0x0412_3456, true, false),
        (0x0500_9234, "92340000", 0x0500_9234, false, false),
        (0x2012_3456, "1234560000000000000000000000000000000000000000000000000000000000", 0x2012_3456, false, false),
        (0xff12_3456, "0", 0, false, true),
    ])
    func compactFormIsCores(
        bits: UInt32, number: String, shortest: UInt32, isNegative: Bool, isOverflow: Bool
    ) throws {
        let target = CompactTarget(rawValue: bits)
        #expect(target.isNegative == isNegative)
        #expect(target.isOverflow == isOverflow)
        if !isOverflow {
            let expected = try #require(UInt256(hex: number))
            #expect(target.expanded == expected)
            #expect(CompactTarget(expected).rawValue == shortest)
        }
        if isNegative || isOverflow { #expect(target.proof == .zero) }
    }

    @Test func proofsAndDifficultiesAreCores() {
        #expect(CompactTarget(rawValue: 0x1d00_ffff).proof.hex.suffix(10) == "0100010001")
        #expect(CompactTarget(rawValue: 0x207f_ffff).proof == UInt256(2))
        #expect(CompactTarget(rawValue: 0).proof == .zero)
        #expect(CompactTarget(rawValue: 0x1d00_ffff).difficulty == 1)
        #expect(CompactTarget(rawValue: 0x207f_ffff).difficulty == 4.6565423739069247e-10)
        #expect(CompactTarget(rawValue: 0x1b04_04cb).difficulty == 16307.420938523983)
    }

    @Test func hashMustBeBelowATargetThatTheNetworkAllows() {
        let limit = ChainParameters.main.powLimit
        #expect(CompactTarget(rawValue: 0x1d00_ffff).target(limit: limit) != nil)
        #expect(CompactTarget(rawValue: 0x1d80_ffff).target(limit: limit) == nil)
        #expect(CompactTarget(rawValue: ~0x0080_0000).target(limit: limit) == nil)
        #expect(CompactTarget(limit &* 2).target(limit: limit) == nil)
        #expect(CompactTarget(rawValue: 0).target(limit: limit) == nil)
    }

    /// The cases of Core's pow_tests.
    @Test(arguments: [
        (0x1d00_ffff as UInt32, 1_261_130_161 as UInt32, 1_262_152_739 as UInt32, 0x1d00_d86a as UInt32),
        (0x1d00_ffff, 1_231_006_505, 1_233_061_996, 0x1d00_ffff),
        (0x1c05_a3f4, 1_279_008_237, 1_279_297_671, 0x1c01_68fd),
        (0x1c38_7f6f, 1_263_163_443, 1_269_211_443, 0x1d00_e1fd),
    ])
    func retargetsLikeCore(bits: UInt32, first: UInt32, last: UInt32, expected: UInt32) {
        #expect(
            Retarget.retargetedBits(
                last: header(time: last, bits: bits), first: header(time: first, bits: 0x1d00_ffff), parameters: .main)
                == expected)
    }

    @Test func bip94RetargetsFromTheFirstBlockOfThePeriod() {
        let first = header(time: 1_800_000_000, bits: 0x1c05_a3f4)
        let last = header(time: 1_800_000_000 + 1_209_600, bits: 0x1d00_ffff)
        #expect(Retarget.retargetedBits(last: last, first: first, parameters: .testnet4) == 0x1c05_a3f4)
        #expect(Retarget.retargetedBits(last: last, first: first, parameters: .testnet) == 0x1d00_ffff)
    }

    @Test func testnetBlockThatComesLateMayBeEasy() throws {
        let hard: UInt32 = 0x1c05_a3f4
        let easy: UInt32 = 0x1d00_ffff
        let tree = BlockTree(genesis: header(time: 1_000_000, bits: hard))
        let genesis = tree.genesis
        #expect(Retarget.requiredBits(after: genesis, time: 1_001_201, parameters: .testnet) == easy)
        #expect(Retarget.requiredBits(after: genesis, time: 1_001_200, parameters: .testnet) == hard)
        #expect(Retarget.requiredBits(after: genesis, time: 1_009_999, parameters: .main) == hard)
        #expect(Retarget.requiredBits(after: genesis, time: 1_009_999, parameters: .signet) == hard)
    }

    /// 2016 blocks with mainnet's difficulty that Core's tests rebuild from times and nonces.
    @Test func rebuildsCoresAlternativeMainnetThroughARetarget() throws {
        guard let data = SharedFiles.file("vectors/mainnet_alt.json") else { return }
        struct Vectors: Decodable {
            var timestamps: [UInt32]
            var nonces: [UInt32]
        }
        let vectors = try JSONDecoder().decode(Vectors.self, from: data)
        let test = try TestChain(parameters: .main)
        test.clock.time = 1_800_000_000
        let script = try Script(Hex.decode("76a914eadbac7f36c37e39361168b7aaee3cb24a25312d88ac"))
        for height in 1...2016 {
            var scriptSig = CoinbaseHeight.push(height)
            if height <= 16 { scriptSig.append(0) }
            let coinbase = Transaction(
                inputs: [TransactionInput(previousOutput: .null, scriptSig: Script(scriptSig))],
                outputs: [TransactionOutput(value: 50 * Amount.coin, scriptPubKey: script)])
            let header = BlockHeader(
                version: 0x2000_0000, previousBlockHash: test.chain.tree.bestHeader.hash,
                merkleRoot: coinbase.id.rawValue,
                time: vectors.timestamps[height - 1], bits: height < 2016 ? 0x1d00_ffff : 0x1c3f_ffc0,
                nonce: vectors.nonces[height - 1])
            _ = try test.chain.acceptHeader(header)
        }
        #expect(test.chain.tree.bestHeader.height == 2016)
        #expect(CompactTarget(rawValue: test.chain.tree.bestHeader.header.bits).difficulty == 4)
    }

    private func header(time: UInt32, bits: UInt32) -> BlockHeader {
        BlockHeader(
            version: 1, previousBlockHash: .zero, merkleRoot: .zero, time: time, bits: bits, nonce: 0)
    }
}
