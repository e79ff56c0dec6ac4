import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import BitcoinRPC
import BitcoinScript

/// The command about rules that came, or are to come, by soft forks.
enum DeploymentCommands {
    static let all: [RPCCommand<NodeContext>] = [getDeploymentInfo]

    /// Members of a deployment by version bits in results.
    private static let versionBitsShape: [RPCResultShape] = [
        .init(.number, "bit", "the bit of the block version (only when started or locked_in)", optional: true),
        .init(.time, "start_time", "median time past from which on the bit has its meaning"),
        .init(.time, "timeout", "median time past at which the deployment has failed if it is not locked in"),
        .init(.number, "min_activation_height", "lowest height at which the rules may hold"),
        .init(.string, "status", "at the block: defined, started, locked_in, active or failed"),
        .init(.number, "since", "height of the first block with this status"),
        .init(.string, "status_next", "the status at the block after it"),
        .init(
            .object, "statistics", "of the period (only when started or locked_in)", optional: true,
            inner: [
                .init(.number, "period", "blocks in a period"),
                .init(.number, "threshold", "signals that lock it in (only when started)", optional: true),
                .init(.number, "elapsed", "blocks of the period so far"),
                .init(.number, "count", "those that have signalled"),
                .init(
                    .bool, "possible", "whether the threshold can be reached (only when started)", optional: true),
            ]),
        .init(
            .string, "signalling", "the blocks of the period: # for one that has signalled, - for another",
            optional: true),
    ]

    private static let getDeploymentInfo = RPCCommand<NodeContext>(
        category: "blockchain", name: "getdeploymentinfo",
        description: "Returns the state of the soft forks at a block. Those that hold from the first block on are not "
            + "listed.",
        arguments: [.init("blockhash", .hex, .hint("hash of current chain tip"), "The block")],
        results: [
            .init(
                .object, "", "",
                inner: [
                    .init(.string, "hash", "the block's hash"), .init(.number, "height", "its height"),
                    .init(
                        .array, "script_flags", "rules that its scripts obey",
                        inner: [.init(.string, "flag", "a script verify flag")]),
                    .init(
                        .dynamicObject, "deployments", "",
                        inner: [
                            .init(
                                .object, "xxxx", "name of the deployment",
                                inner: [
                                    .init(.string, "type", "buried or bip9"),
                                    .init(.number, "height", "the first block with the rules", optional: true),
                                    .init(.bool, "active", "whether they hold for the next block"),
                                    .init(
                                        .object, "bip9", "(only for bip9)", optional: true, inner: versionBitsShape),
                                ])
                        ]),
                ])
        ], examples: helpExampleCli("getdeploymentinfo", "")
    ) { call in
        let hash = call[0].isNull ? nil : try call[0].requireHash("blockhash")
        return try await call.context.manager.withState { state in
            let block = try hash.map { try state.lookUp($0) } ?? state.tip
            let flags = ScriptFlags.forBlock(block.hash, height: block.height, parameters: state.parameters)
            return [
                "hash": .string(block.hash.description), "height": .int(block.height),
                "script_flags": .array(flags.names.map { .string($0) }),
                "deployments": .object(deployments(at: block, state.parameters)),
            ]
        }
    }

    private static func deployments(at block: BlockIndex, _ parameters: ChainParameters) -> JSONObject {
        var object = JSONObject()
        let buried = [
            ("bip34", parameters.bip34Height), ("bip66", parameters.bip66Height), ("bip65", parameters.bip65Height),
            ("csv", parameters.csvHeight), ("segwit", parameters.segwitHeight),
        ]
        for (name, height) in buried {
            // The rules are said to hold when they do for the next block.
            object.append(
                name, ["type": "buried", "active": .bool(block.height + 1 >= height), "height": .int(height)])
        }
        for deployment in parameters.deployments
        where deployment.startTime != VersionBitsDeployment.neverActive {
            object.append(deployment.name, .object(show(deployment, at: block)))
        }
        return object
    }

    private static func show(_ deployment: VersionBitsDeployment, at block: BlockIndex) -> JSONObject {
        let status = VersionBits.status(of: deployment, at: block)
        var details = JSONObject()
        if status.signals != nil { details.append("bit", .int(deployment.bit)) }
        details.append("start_time", .int(deployment.startTime))
        details.append("timeout", .int(deployment.timeout))
        details.append("min_activation_height", .int(deployment.minActivationHeight))
        details.append("status", .string(status.state.rawValue))
        details.append("since", .int(status.since))
        details.append("status_next", .string(status.next.rawValue))
        if let signals = status.signals {
            var statistics: JSONObject = [
                "period": .int(deployment.period), "elapsed": .int(signals.count), "count": .int(status.signalCount),
            ]
            if status.state == .started {
                let missing = signals.count - status.signalCount
                statistics.append("threshold", .int(deployment.threshold))
                statistics.append("possible", .bool(deployment.period - deployment.threshold >= missing))
            }
            details.append("statistics", .object(statistics))
            details.append("signalling", .string(String(signals.map { $0 ? "#" : "-" })))
        }
        var object: JSONObject = ["type": "bip9"]
        if let height = status.activeSince { object.append("height", .int(height)) }
        object.append("active", .bool(status.activeSince != nil))
        object.append("bip9", .object(details))
        return object
    }
}
