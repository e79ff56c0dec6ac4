import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import Testing

/// The signatures of signet blocks (BIP325).
struct SignetTests {
    /// The first blocks of the signet that everybody uses.
    private static let blocks = [
        "00000020f61eee3b63a380a477a063af32b2bbc97c9ff9f01f2c4225e973988108000000f575c83235984e7dc4afc1f30944"
            + "c170462e84437ab6f2d52e16878a79e4678bd1914d5fae77031eccf407000101000000000101000000000000000000000000"
            + "0000000000000000000000000000000000000000ffffffff025151feffffff0200f2052a010000001600149243f727dd5343"
            + "293eb83174324019ec16c2630f0000000000000000776a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c6906897999"
            + "62b48bebd836974e8cf94c4fecc7daa2490047304402205e423a8754336ca99dbe16509b877ef1bf98d008836c725005b3c7"
            + "87c41ebe46022047246e4467ad7cc7f1ad98662afcaf14c115e0095a227c7b05c5182591c23e7e0100012000000000000000"
            + "0000000000000000000000000000000000000000000000000000000000",
        "00000020533b53ded9bff4adc94101d32400a144c54edc5ed492a3b26c63b2d686000000b38fef50592017cfafbcab88eb3d"
            + "9cf50b2c801711cad8299495d26df5e54812e7914d5fae77031ecfdd0b000101000000000101000000000000000000000000"
            + "0000000000000000000000000000000000000000ffffffff025251feffffff0200f2052a01000000160014fd09839740f0e0"
            + "b4fc6d5e2527e4022aa9b89dfa0000000000000000776a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c6906897999"
            + "62b48bebd836974e8cf94c4fecc7daa24900473044022031d64a1692cdad1fc0ced69838169fe19ae01be524d831b95fcf5e"
            + "a4e6541c3c02204f9dea0801df8b4d0cd0857c62ab35c6c25cc47c930630dc7fe723531daa3e9b0100012000000000000000"
            + "0000000000000000000000000000000000000000000000000000000000",
    ]

    private func parameters(_ challenge: String) throws -> ChainParameters {
        .signet(challenge: try Hex.decode(challenge))
    }

    @Test(arguments: blocks)
    func realBlocksCarryASolution(hex: String) throws {
        let block = try Block(decoding: try Hex.decode(hex))
        #expect(SignetSolution.isValid(block, parameters: .signet))
        try BlockRules.check(block, parameters: .signet)
        // Anybody's challenge is not this one: the same two keys, both of which would have to sign.
        var challenge = ChainParameters.signet.signetChallenge
        challenge[0] = 0x52
        #expect(!SignetSolution.isValid(block, parameters: .signet(challenge: challenge)))
        #expect(SignetSolution.isValid(block, parameters: try parameters("51")))
        // What the solution signs cannot be changed.
        var header = block.header
        header = BlockHeader(
            version: header.version, previousBlockHash: header.previousBlockHash, merkleRoot: header.merkleRoot,
            time: header.time + 1, bits: header.bits, nonce: header.nonce)
        let later = Block(header: header, transactions: block.transactions)
        #expect(!SignetSolution.isValid(later, parameters: .signet))
    }

    @Test func firstBlockNeedsNone() {
        #expect(SignetSolution.isValid(ChainParameters.signet.genesis, parameters: .signet))
    }

    /// What Core's own tests say of a challenge that anybody solves.
    @Test func emptySolutionsAreReadToTheEnd() throws {
        let parameters = try parameters("51")
        func isValid(_ outputs: [String], transactions: Int = 1) throws -> Bool {
            let coinbase = Transaction(
                inputs: [TransactionInput(previousOutput: .null)],
                outputs: try outputs.map {
                    TransactionOutput(value: 0, scriptPubKey: Script(try Hex.decode($0)))
                })
            let header = BlockHeader(
                version: 1, previousBlockHash: .zero, merkleRoot: .zero, time: 0, bits: 0, nonce: 0)
            let block = Block(header: header, transactions: [Transaction](repeating: coinbase, count: transactions))
            return SignetSolution.isValid(block, parameters: parameters)
        }
        let commitment = "6a24aa21a9ed" + String(repeating: "ff", count: 32)
        #expect(try !isValid([""], transactions: 0))
        #expect(try !isValid([""], transactions: 2))
        #expect(try isValid([commitment]))
        #expect(try isValid([commitment + "04ecc7daa2"]))
        #expect(try !isValid([commitment + "06ecc7daa20151"]))
        #expect(try isValid([commitment + "07ecc7daa2015100"]))
        #expect(try isValid([commitment + "06ecc7daa20000"]))
        #expect(try !isValid([commitment + "07ecc7daa2000000"]))
        #expect(try !isValid([commitment + "09ecc7daa2fe00000002"]))
    }
}
