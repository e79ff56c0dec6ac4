import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import Foundation
import TestData
import Testing

/// The five networks.
struct ParameterTests {
    @Test(arguments: [
        (ChainParameters.main, "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"),
        (.testnet, "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"),
        (.testnet4, "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"),
        (.signet, "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6"),
        (.regtest, "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"),
    ])
    func genesisBlocksAreCores(parameters: ChainParameters, hash: String) throws {
        #expect(parameters.genesisHash.description == hash)
        #expect(parameters.genesis.computedMerkleRoot().root == parameters.genesis.header.merkleRoot)
        try BlockRules.check(parameters.genesis, parameters: parameters)
        #expect(ChainParameters.parameters(for: parameters.network).messageStart == parameters.messageStart)
    }

    @Test func customSignetHasItsOwnMessageStart() throws {
        let challenge = "512102f7561d208dd9ae99bf497273e16f389bdbd6c4742ddb8e6b216e64fa2928ad8f51ae"
        let parameters = ChainParameters.signet(challenge: try Hex.decode(challenge))
        #expect(Hex.encode(parameters.messageStart) == "a5df2dcb")
        #expect(Hex.encode(ChainParameters.signet.messageStart) == "0a03cf40")
    }

    /// Core's own description of its networks, where it is at hand.
    @Test(arguments: ["mainnet", "testnet", "testnet4", "signet", "signet-custom", "regtest"])
    func parametersEqualCores(name: String) throws {
        guard let data = SharedFiles.file("vectors/getchainparams-\(name).json") else { return }
        let core = try JSONDecoder().decode(Description.self, from: data)
        let network = try #require(Network(chainName: core.chain))
        let challenge = try core.signet.map { try Hex.decode($0.challenge) }
        let parameters =
            name == "signet-custom"
            ? ChainParameters.signet(challenge: challenge ?? []) : ChainParameters.parameters(for: network)
        #expect(Hex.encode(parameters.genesisHash.bytes) == core.genesis)
        #expect(parameters.isTestChain == core.test_chain)
        #expect(parameters.subsidyHalvingInterval == core.subsidy_halving_interval)
        #expect(parameters.powLimit.hex == core.pow.limit)
        #expect(parameters.defaultPort == core.net.default_port)
        #expect(Hex.encode(parameters.messageStart) == core.net.magic)
        #expect(parameters.dnsSeeds == core.net.dns_seeds)
        #expect(parameters.signetChallenge == challenge ?? [])
        if let spacing = core.pow.target_spacing { #expect(parameters.targetSpacing == spacing) }
        if let interval = core.pow.difficulty_retarget_interval {
            #expect(parameters.difficultyAdjustmentInterval == interval)
        }
        if let rule = core.pow.mindiff_blocks {
            #expect(parameters.allowsMinDifficultyBlocks == (rule != "no"))
            #expect(parameters.enforcesBIP94 == (rule == "bip94"))
        }
    }

    private struct Description: Decodable {
        struct ProofOfWork: Decodable {
            var limit: String
            var target_spacing: Int64?
            var difficulty_retarget_interval: Int?
            var mindiff_blocks: String?
        }

        struct Net: Decodable {
            var default_port: UInt16
            var magic: String
            var dns_seeds: [String]
        }

        struct Signet: Decodable {
            var challenge: String
        }

        var chain: String
        var test_chain: Bool
        var genesis: String
        var subsidy_halving_interval: Int
        var pow: ProofOfWork
        var net: Net
        var signet: Signet?
    }
}
