// swift-tools-version: 6.2

import PackageDescription

/// Methods of servers then begin on the thread that received the call, in the order of the calls.
let settings: [SwiftSetting] = [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

let package = Package(
    name: "calculator",
    platforms: [.macOS(.v15)],
    dependencies: [
        // A package of your own names the repository's URL here.
        .package(name: "bitcoin-swift", path: "../..")
    ],
    targets: [
        .target(
            name: "CalculatorSchema",
            dependencies: [
                .product(name: "Capnp", package: "bitcoin-swift"), .product(name: "CapnpRPC", package: "bitcoin-swift"),
            ],
            exclude: ["calculator.capnp"], swiftSettings: settings),
        .executableTarget(
            name: "calculator-server",
            dependencies: ["CalculatorSchema", .product(name: "CapnpRPCNIO", package: "bitcoin-swift")],
            swiftSettings: settings),
        .executableTarget(
            name: "calculator-client",
            dependencies: ["CalculatorSchema", .product(name: "CapnpRPCNIO", package: "bitcoin-swift")],
            swiftSettings: settings),
    ]
)
