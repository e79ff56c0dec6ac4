internal import BitcoinCrypto
package import BitcoinPrimitives
internal import BitcoinScript
internal import ByteCoding

extension ChainParameters {
    /// The parameters of a network (Core's kernel/chainparams.cpp).
    package static func parameters(for network: Network) -> ChainParameters {
        switch network {
        case .main: .main
        case .testnet: .testnet
        case .testnet4: .testnet4
        case .signet: .signet
        case .regtest: .regtest
        }
    }

    /// The network that people trade goods for coins on.
    package static let main: ChainParameters = {
        var parameters = ChainParameters(
            network: .main, messageStart: [0xf9, 0xbe, 0xb4, 0xd9], defaultPort: 8333,
            dnsSeeds: [
                "dnsseed.bluematt.me.", "seed.bitcoin.jonasschnelli.ch.", "seed.btc.petertodd.net.",
                "seed.bitcoin.sprovoost.nl.", "dnsseed.emzy.de.", "seed.bitcoin.wiz.biz.",
                "seed.mainnet.achownodes.xyz.",
            ],
            dataFolder: "", isTestChain: false, minesBlocksOnDemand: false,
            genesis: Genesis.block(time: 1_231_006_505, nonce: 2_083_236_893, bits: 0x1d00_ffff),
            powLimit: .proofLimit, deployments: [.testDummy(threshold: 1815)])
        parameters.bip34Height = 227_931
        parameters.bip34Hash = known("000000000000024b89b42a942fe0d9fea3bb44ab7bd1b19115dd6a759c0808b8")
        parameters.scriptFlagExceptions = [
            // Block 170 060: not even pay-to-script-hash.
            known("00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22"): [],
            // Block 692 261: no taproot.
            known("0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad"): [.p2sh, .witness],
        ]
        parameters.bip65Height = 388_381
        parameters.bip66Height = 363_725
        parameters.csvHeight = 419_328
        parameters.segwitHeight = 481_824
        parameters.minimumChainWork = work("1128750f82f4c366153a3a030")
        parameters.assumeValid = known("00000000000000000000ccebd6d74d9194d8dcdc1d177c478e094bfad51ba5ac")
        parameters.transactionData = TransactionData(
            time: 1_772_055_173, count: 1_315_805_869, rate: 5.40111006496122)
        parameters.assumedBlockchainSize = 856
        parameters.assumedChainstateSize = 14
        parameters.pruneAfterHeight = 100_000
        parameters.assumedSnapshots = [
            snapshot(
                840_000, "0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5",
                coins: "a2a5521b1b5ab65f67818e5e8eccabb7171a517f9e2382208f77687310768f96", transactions: 991_032_194),
            snapshot(
                880_000, "000000000000000000010b17283c3c400507969a9c2afd1dcf2082ec5cca2880",
                coins: "dbd190983eaf433ef7c15f78a278ae42c00ef52e0fd2a54953782175fbadcea9", transactions: 1_145_604_538),
            snapshot(
                910_000, "0000000000000000000108970acb9522ffd516eae17acddcb1bd16469194a821",
                coins: "4daf8a17b4902498c5787966a2b51c613acdab5df5db73f196fa59a4da2f1568", transactions: 1_226_586_151),
            snapshot(
                935_000, "0000000000000000000147034958af1652b2b91bba607beacc5e72a56f0fb5ee",
                coins: "e4b90ef9eae834f56c4b64d2d50143cee10ad87994c614d7d04125e2a6025050", transactions: 1_305_397_408),
        ]
        return parameters
    }()

    /// The third test network.
    package static let testnet: ChainParameters = {
        var parameters = ChainParameters(
            network: .testnet, messageStart: [0x0b, 0x11, 0x09, 0x07], defaultPort: 18333,
            dnsSeeds: [
                "testnet-seed.bitcoin.jonasschnelli.ch.", "seed.tbtc.petertodd.net.", "testnet-seed.bluematt.me.",
                "seed.testnet.achownodes.xyz.",
            ],
            dataFolder: "testnet3", isTestChain: true, minesBlocksOnDemand: false,
            genesis: Genesis.block(time: 1_296_688_602, nonce: 414_098_458, bits: 0x1d00_ffff),
            powLimit: .proofLimit, deployments: [.testDummy(threshold: 1512)])
        parameters.allowsMinDifficultyBlocks = true
        parameters.bip34Height = 21_111
        parameters.bip34Hash = known("0000000023b3a96d3484e5abb3755c413e7d41500f8e2a5c3f0dd01299cd8ef8")
        parameters.scriptFlagExceptions = [
            // Block 394: not even pay-to-script-hash.
            known("00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105"): []
        ]
        parameters.bip65Height = 581_885
        parameters.bip66Height = 330_776
        parameters.csvHeight = 770_112
        parameters.segwitHeight = 834_624
        parameters.minimumChainWork = work("17dde1c649f3708d14b6")
        parameters.assumeValid = known("000000007a61e4230b28ac5cb6b5e5a0130de37ac1faf2f8987d2fa6505b67f4")
        parameters.transactionData = TransactionData(
            time: 1_772_051_651, count: 536_108_416, rate: 0.02691479016257117)
        parameters.assumedBlockchainSize = 245
        parameters.assumedChainstateSize = 19
        parameters.assumedSnapshots = [
            snapshot(
                2_500_000, "0000000000000093bcb68c03a9a168ae252572d348a2eaeba2cdf9231d73206f",
                coins: "f841584909f68e47897952345234e37fcd9128cd818f41ee6c3ca68db8071be7", transactions: 66_484_552),
            snapshot(
                4_840_000, "00000000000000f4971a7fb37fbdff89315b69a2e1920c467654a382f0d64786",
                coins: "ce6bb677bb2ee9789c4a1c9d73e6683c53fc20e8fdbedbdaaf468982a0c8db2a", transactions: 536_078_574),
        ]
        return parameters
    }()

    /// The fourth test network (BIP94).
    package static let testnet4: ChainParameters = {
        var parameters = ChainParameters(
            network: .testnet4, messageStart: [0x1c, 0x16, 0x3f, 0x28], defaultPort: 48333,
            dnsSeeds: ["seed.testnet4.bitcoin.sprovoost.nl.", "seed.testnet4.wiz.biz."],
            dataFolder: "testnet4", isTestChain: true, minesBlocksOnDemand: false,
            genesis: Genesis.testnet4, powLimit: .proofLimit, deployments: [.testDummy(threshold: 1512)])
        parameters.allowsMinDifficultyBlocks = true
        parameters.enforcesBIP94 = true
        parameters.minimumChainWork = work("9a0fe15d0177d086304")
        parameters.assumeValid = known("0000000002368b1e4ee27e2e85676ae6f9f9e69579b29093e9a82c170bf7cf8a")
        parameters.transactionData = TransactionData(
            time: 1_772_013_387, count: 14_191_421, rate: 0.01848579579528412)
        parameters.assumedBlockchainSize = 31
        parameters.assumedChainstateSize = 2
        parameters.assumedSnapshots = [
            snapshot(
                90_000, "0000000002ebe8bcda020e0dd6ccfbdfac531d2f6a81457191b99fc2df2dbe3b",
                coins: "784fb5e98241de66fdd429f4392155c9e7db5c017148e66e8fdbc95746f8b9b5", transactions: 11_347_043),
            snapshot(
                120_000, "000000000bd2317e51b3c5794981c35ba894ce27d3e772d5c39ecd9cbce01dc8",
                coins: "10b05d05ad468d0971162e1b222a4aa66caca89da2bb2a93f8f37fb29c4794b0", transactions: 14_141_057),
        ]
        return parameters
    }()

    /// The test network whose blocks are signed (BIP325), with the challenge everybody uses.
    package static let signet: ChainParameters = {
        let challenge =
            "512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430210359ef5021964fe22d6f8e"
            + "05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae"
        var parameters = signet(challenge: (try? Hex.decode(challenge)) ?? [])
        parameters.dnsSeeds = ["seed.signet.bitcoin.sprovoost.nl.", "seed.signet.achownodes.xyz."]
        parameters.minimumChainWork = work("b463ea0a4b8")
        parameters.assumeValid = known("00000008414aab61092ef93f1aacc54cf9e9f16af29ddad493b908a01ff5c329")
        parameters.transactionData = TransactionData(
            time: 1_772_055_248, count: 28_676_833, rate: 0.06736623436338929)
        parameters.assumedBlockchainSize = 24
        parameters.assumedChainstateSize = 4
        parameters.assumedSnapshots = [
            snapshot(
                160_000, "0000003ca3c99aff040f2563c2ad8f8ec88bd0fd6b8f0895cfaf1ef90353a62c",
                coins: "fe0a44309b74d6b5883d246cb419c6221bcccf0b308c9b59b7d70783dbdf928a", transactions: 2_289_496),
            snapshot(
                290_000, "0000000577f2741bb30cd9d39d6d71b023afbeb9764f6260786a97969d5c9ac0",
                coins: "97267e000b4b876800167e71b9123f1529d13b14308abec2888bbd2160d14545", transactions: 28_547_497),
        ]
        return parameters
    }()

    /// A signet of one's own.
    ///
    /// - Parameter challenge: the script that block signatures solve; the message start is made from it.
    package static func signet(challenge: [UInt8]) -> ChainParameters {
        var script = ByteWriter()
        script.writeSizedBytes(challenge)
        var parameters = ChainParameters(
            network: .signet, messageStart: Array(SHA256d.hash(script.bytes).bytes.prefix(4)), defaultPort: 38333,
            dnsSeeds: [], dataFolder: "signet", isTestChain: true, minesBlocksOnDemand: false,
            genesis: Genesis.block(time: 1_598_918_400, nonce: 52_613_770, bits: 0x1e03_77ae),
            powLimit: UInt256(0x0377ae) << 216, deployments: [.testDummy(threshold: 1815)])
        parameters.signetChallenge = challenge
        return parameters
    }

    /// Private chains for tests, where anybody can find a block.
    package static let regtest: ChainParameters = {
        var parameters = ChainParameters(
            network: .regtest, messageStart: [0xfa, 0xbf, 0xb5, 0xda], defaultPort: 18444,
            dnsSeeds: ["dummySeed.invalid."], dataFolder: "regtest", isTestChain: true, minesBlocksOnDemand: true,
            genesis: Genesis.block(time: 1_296_688_602, nonce: 2, bits: 0x207f_ffff),
            powLimit: UInt256.max >> 1,
            deployments: [
                VersionBitsDeployment(
                    name: "testdummy", bit: 28, startTime: 0, timeout: VersionBitsDeployment.noTimeout, period: 144,
                    threshold: 108)
            ])
        parameters.targetTimespan = 24 * 60 * 60
        parameters.allowsMinDifficultyBlocks = true
        parameters.neverRetargets = true
        parameters.subsidyHalvingInterval = 150
        parameters.segwitHeight = 0
        parameters.transactionData = TransactionData(time: 0, count: 0, rate: 0.001)
        parameters.assumedSnapshots = [
            snapshot(
                110, "135eec25a6fb277884e5824e7aa7d052c4868161c99a5122170b5266f86c273d",
                coins: "86e9a1205b418b16dde3a18a78c730e30137e28466bda5dbf6b33ab8fc05447c", transactions: 111),
            snapshot(
                200, "385901ccbd69dff6bbd00065d01fb8a9e464dede7cfe0372443884f9b1dcf6b9",
                coins: "17dcc016d188d16068907cdeb38b75691a118d43053b8cd6a25969419381d13a", transactions: 201),
            snapshot(
                299, "0c552ced4721c249a389eb9b08cb8da261cd46f0e7b5f9d064d48f3113406853",
                coins: "106b2c56233e378a824cf0d5ff2be42ed32c72f1605c9be288d00942908a40ac", transactions: 334),
        ]
        return parameters
    }()

    private static func known(_ hex: String) -> BlockHash {
        BlockHash(hex: hex) ?? .zero
    }

    private static func snapshot(
        _ height: Int, _ block: String, coins: String, transactions: UInt64
    ) -> AssumedSnapshot {
        AssumedSnapshot(
            height: height, block: known(block), coinsHash: Hash256(hex: coins) ?? .zero, transactionCount: transactions
        )
    }

    private static func work(_ hex: String) -> UInt256 {
        UInt256(hex: hex) ?? .zero
    }
}

extension UInt256 {
    /// The easiest target of the public networks: 32 zero bits.
    fileprivate static let proofLimit = UInt256.max >> 32
}

extension VersionBitsDeployment {
    /// The deployment that Core keeps for its own tests; on public networks it never comes.
    fileprivate static func testDummy(threshold: Int) -> VersionBitsDeployment {
        VersionBitsDeployment(
            name: "testdummy", bit: 28, startTime: neverActive, timeout: noTimeout, period: 2016, threshold: threshold)
    }
}
