// swift-tools-version: 6.2

import PackageDescription

/// Strict settings of every target. `style.md` rule: unsafe code only in the wrapper and coding modules.
/// CI sets `WARNINGS_AS_ERRORS`; the compiler option itself would reach the dependencies too.
let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
    ] + (Context.environment["WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)])

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// A library target. The arrows are those of the design: each target names only what lies below it.
func library(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// An executable target: wiring, configuration, signals, and nothing else.
func program(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .executableTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// A test target for one or more libraries.
func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "bitcoin-swift",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Capnp", targets: ["Capnp"]),
        .library(name: "CapnpRPC", targets: ["CapnpRPC"]),
        .library(name: "CapnpRPCNIO", targets: ["CapnpRPCNIO"]),
        .executable(name: "capnpc-swift", targets: ["capnpc-swift"]),
        .executable(name: "bitcoin", targets: ["bitcoin"]),
        .executable(name: "bitcoin-node", targets: ["bitcoin-node"]),
        .executable(name: "bitcoin-wallet", targets: ["bitcoin-wallet"]),
        .executable(name: "bitcoin-tui", targets: ["bitcoin-tui"]),
        .executable(name: "bitcoin-cli", targets: ["bitcoin-cli"]),
        .executable(name: "bitcoin-bench", targets: ["bitcoin-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        // System libraries: header and `static inline` shims only.
        .systemLibrary(
            name: "CSecp256k1", pkgConfig: "libsecp256k1", providers: [.apt(["libsecp256k1-dev"])]),
        .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CLevelDB", providers: [.apt(["libleveldb-dev"])]),
        .systemLibrary(name: "CProcess"),
        .systemLibrary(name: "CCurses", providers: [.apt(["libncurses-dev"])]),

        // Bytes and the Cap'n Proto runtime: no Foundation, no I/O, no Bitcoin.
        library("ByteCoding"),
        library("Capnp", ["ByteCoding"]),
        library("CapnpSchema", ["Capnp"]),
        library("CapnpGenerator", ["Capnp", "CapnpSchema"], exclude: ["Schemas"]),
        library("CapnpRPC", ["Capnp"]),
        library("CapnpRPCNIO", ["CapnpRPC", "Capnp", nioCore, nioPosix]),

        // Pure Bitcoin: no clock, no I/O, no async.
        library(
            "BitcoinCrypto",
            [
                "ByteCoding", "CSecp256k1", "CNettle", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        library("BitcoinPrimitives", ["ByteCoding", "BitcoinCrypto"]),
        library("BitcoinScript", ["ByteCoding", "BitcoinPrimitives", "BitcoinCrypto"]),
        library("BitcoinConsensus", ["ByteCoding", "BitcoinPrimitives", "BitcoinScript", "BitcoinCrypto"]),
        library("BitcoinDescriptors", ["ByteCoding", "BitcoinPrimitives", "BitcoinScript", "BitcoinCrypto"]),

        // Interfaces and what is shared by every program.
        library("BitcoinInterfaces", ["BitcoinPrimitives"]),
        library("BitcoinCommon", ["BitcoinPrimitives", "CProcess", logging]),
        library(
            "BitcoinRPC",
            ["ByteCoding", "BitcoinPrimitives", "BitcoinConsensus", "BitcoinScript", "BitcoinDescriptors"]),
        library("SQLite", ["CSQLite"]),
        library("KeyValueStore", ["CLevelDB"]),
        library("Curses", ["CCurses"]),

        // Node, wallet and terminal; none imports another.
        library(
            "BitcoinChain",
            [
                "ByteCoding", "BitcoinPrimitives", "BitcoinConsensus", "BitcoinScript", "BitcoinCrypto",
                "KeyValueStore",
            ]),
        library(
            "BitcoinNode",
            [
                "ByteCoding", "BitcoinChain", "BitcoinRPC", "BitcoinInterfaces", "BitcoinCommon", "BitcoinConsensus",
                "BitcoinScript", "BitcoinPrimitives", "BitcoinDescriptors", "BitcoinCrypto", logging,
            ]),
        library(
            "BitcoinWallet",
            [
                "ByteCoding", "SQLite", "BitcoinRPC", "BitcoinInterfaces", "BitcoinDescriptors", "BitcoinScript",
                "BitcoinPrimitives", "BitcoinConsensus", "BitcoinCrypto", "BitcoinCommon", logging,
            ]),
        library("TerminalUI", ["BitcoinInterfaces", "BitcoinPrimitives"]),
        // A node that speaks only JSON-RPC and Mining, such as Bitcoin Core's, as the interfaces above.
        library("BitcoinRPCNode", ["ByteCoding", "BitcoinRPC", "BitcoinInterfaces", "BitcoinPrimitives"]),

        // Processes and protocols; the meeting of Cap'n Proto and Bitcoin types.
        library(
            "IPC", ["CapnpRPC", "Capnp", "CProcess", nioPosix, logging], exclude: ["Schemas"]),
        library(
            "BitcoinIPC",
            ["IPC", "Capnp", "CapnpRPC", "BitcoinInterfaces", "BitcoinPrimitives", "ByteCoding", logging],
            exclude: ["Schemas"]),

        // Looking into the traffic between processes.
        library(
            "IPCTools",
            ["IPC", "CapnpRPC", "CapnpSchema", "Capnp", "BitcoinRPC", "ByteCoding", logging]),

        program("capnpc-swift", ["CapnpGenerator"]),
        program(
            "bitcoin",
            ["IPCTools", "IPC", "Capnp", "BitcoinRPC", "BitcoinCommon", "BitcoinPrimitives", logging]),
        program(
            "bitcoin-node",
            [
                "BitcoinNode", "BitcoinChain", "BitcoinConsensus", "BitcoinPrimitives", "BitcoinRPC", "BitcoinIPC",
                "IPC",
                "BitcoinInterfaces", "BitcoinCommon", logging,
            ]),
        program(
            "bitcoin-wallet",
            [
                "BitcoinWallet", "BitcoinIPC", "IPC", "BitcoinInterfaces", "BitcoinCommon", "BitcoinConsensus",
                "BitcoinPrimitives", logging,
            ]),
        program(
            "bitcoin-tui",
            [
                "TerminalUI", "Curses", "BitcoinRPCNode", "BitcoinIPC", "IPC", "BitcoinInterfaces", "BitcoinCommon",
                "BitcoinPrimitives", "BitcoinScript", logging,
            ]),
        program(
            "bitcoin-cli",
            ["BitcoinRPC", "BitcoinIPC", "IPC", "BitcoinInterfaces", "BitcoinCommon", "BitcoinPrimitives", logging]),
        program(
            "bitcoin-bench",
            [
                "BitcoinNode", "BitcoinIPC", "IPC", "Capnp", "CapnpRPC", "BitcoinInterfaces", "BitcoinCommon",
                "BitcoinPrimitives", "BitcoinCrypto", "BitcoinScript", "BitcoinConsensus", "ByteCoding", "CProcess",
                "CSecp256k1", logging,
            ], exclude: ["Schemas"]),

        tests("CapnpTests", ["Capnp", "ByteCoding", "TestData"]),
        tests(
            "CapnpGeneratorTests", ["CapnpGenerator", "CapnpSchema", "Capnp", "CapnpRPC", "IPC", logging, "TestData"],
            exclude: ["Schemas", "Requests", "Refused"]),
        tests("CapnpSchemaTests", ["CapnpSchema", "Capnp"]),
        tests("CapnpDifferentialTests", ["CapnpSchema", "Capnp", "TestData"]),
        tests("FuzzTests", ["FuzzTargets", "TestData"]),
        tests("CapnpRPCTests", ["CapnpRPC", "Capnp", "TestData"]),
        tests("CapnpRPCNIOTests", ["CapnpRPCNIO", "CapnpRPC", "Capnp", nioCore, nioPosix]),
        tests("BitcoinPrimitivesTests", ["BitcoinPrimitives", "BitcoinCrypto", "ByteCoding", "TestData"]),
        tests(
            "BitcoinScriptTests",
            ["BitcoinScript", "BitcoinConsensus", "BitcoinPrimitives", "BitcoinCrypto", "ByteCoding", "TestData"]),
        tests(
            "BitcoinDescriptorsTests",
            ["BitcoinDescriptors", "BitcoinScript", "BitcoinPrimitives", "BitcoinCrypto", "ByteCoding", "TestData"],
            resources: [.copy("Vectors")]),
        tests(
            "BitcoinChainTests",
            [
                "BitcoinChain", "BitcoinConsensus", "BitcoinScript", "BitcoinPrimitives", "ByteCoding", "BitcoinCrypto",
                "KeyValueStore", "TestData",
            ]),
        tests("KeyValueStoreTests", ["KeyValueStore"]),
        tests("BitcoinCommonTests", ["BitcoinCommon", logging]),
        tests(
            "BitcoinNodeTests",
            [
                "BitcoinNode", "BitcoinChain", "BitcoinRPC", "BitcoinInterfaces", "BitcoinCommon", "BitcoinConsensus",
                "BitcoinPrimitives", "BitcoinCrypto", "ByteCoding", "TestSupport",
            ]),
        tests(
            "BitcoinWalletTests",
            [
                "BitcoinWallet", "SQLite", "BitcoinRPC", "BitcoinInterfaces", "BitcoinDescriptors", "BitcoinScript",
                "BitcoinPrimitives", "BitcoinCrypto", "BitcoinCommon", "ByteCoding", logging,
            ]),
        tests("IPCTests", ["IPC", "CapnpRPC", "Capnp", logging, "TestData"]),
        tests(
            "BitcoinIPCTests",
            [
                "BitcoinIPC", "IPC", "CapnpRPC", "Capnp", "BitcoinInterfaces", "BitcoinPrimitives", "ByteCoding",
                "TestData",
            ]),
        tests(
            "BitcoinRPCNodeTests", ["BitcoinRPCNode", "BitcoinRPC", "BitcoinInterfaces", "BitcoinPrimitives"]),
        tests("IPCToolsTests", ["IPCTools", "IPC", "CapnpSchema", "CapnpRPC", "Capnp", "BitcoinRPC", logging]),
        tests(
            "TerminalUITests", ["TerminalUI", "BitcoinInterfaces", "BitcoinPrimitives", "TestData"],
            exclude: ["Screens"]),
        tests(
            "ProgramTests",
            [
                "BitcoinIPC", "IPC", "Capnp", "BitcoinInterfaces", "BitcoinPrimitives", "BitcoinRPC", "ByteCoding",
                "TestSupport", logging,
            ]),
        // Fed by the tests with kept inputs, by `Resources/fuzz` with new ones.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Capnp", "CapnpSchema", "CapnpGenerator", "CapnpRPC", "BitcoinChain", "BitcoinConsensus",
                "BitcoinScript", "BitcoinPrimitives", "BitcoinCrypto", "KeyValueStore", "ByteCoding",
            ],
            path: "Tests/FuzzTargets", exclude: ["Corpora", "Entry", "things.capnp"], swiftSettings: strict),
        // For tests of any target, so it depends on none.
        .target(name: "TestData", path: "Tests/TestData", swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["BitcoinRPC"], path: "Tests/TestSupport", swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)
