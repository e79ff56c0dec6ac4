import BitcoinConsensus
import BitcoinPrimitives
import Testing

/// Blocks of test networks that come late may have the easiest target.
struct TestnetRuleTests {
    private static let easy: UInt32 = 0x1d00_ffff
    private static let hard: UInt32 = 0x1c05_a3f4
    private static let harder: UInt32 = 0x1c01_68fd

    private func chain(_ bits: [UInt32]) throws -> HeaderSketch {
        var tip: HeaderSketch?
        for bits in bits { tip = HeaderSketch(bits: bits, after: tip) }
        return try #require(tip)
    }

    private func next(_ tip: HeaderSketch, after seconds: UInt32 = 1, _ parameters: ChainParameters) -> UInt32 {
        Retarget.requiredBits(after: tip, time: tip.header.time + seconds, parameters: parameters)
    }

    @Test(arguments: [ChainParameters.testnet, .testnet4])
    func aBlockInTimeRepeatsTheLastTargetThatWasNoException(parameters: ChainParameters) throws {
        let tip = try chain([Self.hard, Self.harder, Self.easy, Self.easy, Self.easy])
        #expect(next(tip, parameters) == Self.harder)
        #expect(next(tip, after: 1200, parameters) == Self.harder)
        #expect(next(tip, after: 1201, parameters) == Self.easy)
        #expect(next(try chain([Self.hard, Self.easy]), parameters) == Self.hard)
        // From the first block on nothing else was ever seen.
        #expect(next(try chain([Self.easy, Self.easy]), parameters) == Self.easy)
    }

    @Test func theWalkBackEndsAtTheStartOfThePeriod() throws {
        let before = [UInt32](repeating: Self.hard, count: 2016)
        #expect(next(try chain(before + [Self.easy, Self.easy]), .testnet) == Self.easy)
        #expect(next(try chain(before + [Self.harder, Self.easy]), .testnet) == Self.harder)
    }

    @Test func retargetsFromTheLastBlockEvenIfItWasAnException() throws {
        let bits = [UInt32](repeating: Self.hard, count: 2015) + [Self.easy]
        // The blocks took a quarter of the time at most, or less.
        let tip = try chain(bits)
        #expect(next(tip, .testnet) == 0x1c3f_ffc0)
        #expect(next(tip, after: 5000, .testnet) == 0x1c3f_ffc0)
        // BIP94 begins with the first block of the period.
        #expect(next(tip, .testnet4) == Self.harder)
        // Where there are no exceptions the walk makes no difference.
        #expect(next(tip, .main) == 0x1c3f_ffc0)
    }
}
