import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import BitcoinRPC
import Testing

/// `getdeploymentinfo`: soft forks by height and by version bits.
@Suite(.timeLimit(.minutes(5)))
struct DeploymentCommandTests {
    /// A node whose one deployment has periods of ten blocks, eight of which lock it in.
    private func node(_ change: (inout ChainParameters) -> Void = { _ in }) async throws -> TestNode {
        let node = try TestNode(change: { configuration in
            configuration.parameters.deployments[0].period = 10
            configuration.parameters.deployments[0].threshold = 8
            change(&configuration.parameters)
        })
        try await node.load()
        return node
    }

    private func deployments(_ node: TestNode, at height: Int) async throws -> JSONValue {
        try await node.call("getdeploymentinfo", node.call("getblockhash", .int(height)))["deployments"]
    }

    @Test func `a deployment goes from defined over started and locked in to active`() async throws {
        let node = try await node()
        try await node.mine(32)
        func states(_ height: Int) async throws -> [JSONValue] {
            let found = try await deployments(node, at: height)["testdummy"]
            let details = found["bip9"]
            return [found["active"], found["height"], details["status"], details["status_next"], details["since"]]
        }
        #expect(try await states(8) == [false, .null, "defined", "defined", 0])
        #expect(try await states(9) == [false, .null, "defined", "started", 0])
        #expect(try await states(10) == [false, .null, "started", "started", 10])
        #expect(try await states(19) == [false, .null, "started", "locked_in", 10])
        #expect(try await states(20) == [false, .null, "locked_in", "locked_in", 20])
        #expect(try await states(29) == [true, 30, "locked_in", "active", 20])
        #expect(try await states(30) == [true, 30, "active", "active", 30])
        #expect(try await states(32) == [true, 30, "active", "active", 30])
    }

    @Test func `the blocks of a period are shown while their signals mean something`() async throws {
        let node = try await node()
        try await node.mine(31)
        let started = try await deployments(node, at: 12)["testdummy"]["bip9"]
        #expect(started["bit"] == 28)
        #expect(started["signalling"] == "###")
        #expect(
            started["statistics"]
                == ["period": 10, "elapsed": 3, "count": 3, "threshold": 8, "possible": true])
        let lockedIn = try await deployments(node, at: 29)["testdummy"]["bip9"]
        #expect(lockedIn["signalling"] == "##########")
        #expect(lockedIn["statistics"] == ["period": 10, "elapsed": 10, "count": 10])
        for height in [9, 30] {
            let other = try await deployments(node, at: height)["testdummy"]["bip9"]
            #expect(other["bit"].isNull && other["statistics"].isNull && other["signalling"].isNull)
        }
    }

    @Test func `blocks without the signal make a deployment fail`() async throws {
        let node = try await node {
            $0.deployments[0].timeout = 0
            // The miner sets the bit of every deployment that is started; another one takes it.
            $0.deployments[0].threshold = 11
        }
        try await node.mine(21)
        let started = try await deployments(node, at: 15)["testdummy"]["bip9"]
        #expect(started["statistics"]["possible"] == false)
        let failed = try await deployments(node, at: 20)["testdummy"]
        #expect(failed["active"] == false && failed["bip9"]["status"] == "failed" && failed["bip9"]["since"] == 20)
    }

    @Test func `activation waits for its height`() async throws {
        let node = try await node { $0.deployments[0].minActivationHeight = 45 }
        try await node.mine(50)
        #expect(try await deployments(node, at: 48)["testdummy"]["bip9"]["status"] == "locked_in")
        #expect(try await deployments(node, at: 49)["testdummy"]["height"] == 50)
        #expect(try await deployments(node, at: 50)["testdummy"]["bip9"]["since"] == 50)
    }

    @Test func `a deployment that always holds began at 0, and one that never comes is not listed`() async throws {
        let always = try await node { $0.deployments[0].startTime = VersionBitsDeployment.alwaysActive }
        let found = try await deployments(always, at: 0)["testdummy"]
        #expect(found["active"] == true && found["height"] == 0 && found["bip9"]["since"] == 0)
        let never = try await node { $0.deployments[0].startTime = VersionBitsDeployment.neverActive }
        #expect(
            try await deployments(never, at: 0).objectValue?.keys == ["bip34", "bip66", "bip65", "csv", "segwit"])
    }

    @Test func `buried deployments hold from the block before their height`() async throws {
        let node = try await node { $0.csvHeight = 5 }
        try await node.mine(6)
        #expect(try await deployments(node, at: 3)["csv"] == ["type": "buried", "active": false, "height": 5])
        #expect(try await deployments(node, at: 4)["csv"] == ["type": "buried", "active": true, "height": 5])
        func flags(_ height: Int) async throws -> JSONValue {
            try await node.call("getdeploymentinfo", node.call("getblockhash", .int(height)))["script_flags"]
        }
        #expect(
            try await flags(4) == ["CHECKLOCKTIMEVERIFY", "DERSIG", "NULLDUMMY", "P2SH", "TAPROOT", "WITNESS"])
        #expect(
            try await flags(5) == [
                "CHECKLOCKTIMEVERIFY", "CHECKSEQUENCEVERIFY", "DERSIG", "NULLDUMMY", "P2SH", "TAPROOT", "WITNESS",
            ])
    }

    @Test func `without a hash the tip is meant, and an unknown hash is error -5`() async throws {
        let node = try await node()
        let tip = try await node.mine(3)[2]
        let info = try await node.call("getdeploymentinfo")
        #expect(info["hash"] == .string(tip.description) && info["height"] == 3)
        #expect(
            await node.failure("getdeploymentinfo", .string(String(repeating: "11", count: 32)))
                == RPCError(.invalidAddressOrKey, "Block not found"))
    }
}
