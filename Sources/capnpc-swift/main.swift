// The plugin of `capnp compile`: a CodeGeneratorRequest on standard input, Swift files into the current directory.
//
// Usage: capnp compile -o<path>/capnpc-swift[:<directory>] <file>.capnp …
// The environment variable CAPNP_SWIFT_ACCESS (internal, package or public; package if unset) sets the access level.

import CapnpGenerator
import Foundation

/// Ends the program with a message for the user of `capnp compile`.
func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("capnpc-swift: \(message)\n".utf8))
    exit(1)
}

let setting = ProcessInfo.processInfo.environment["CAPNP_SWIFT_ACCESS"] ?? AccessLevel.package.rawValue
guard let access = AccessLevel(rawValue: setting) else {
    fail("CAPNP_SWIFT_ACCESS is '\(setting)', but can only be internal, package or public")
}
if CommandLine.arguments.count > 1 {
    fail("this is a plugin; run it as: capnp compile -o\(CommandLine.arguments[0]) FILE.capnp")
}
do {
    let request = try FileHandle.standardInput.readToEnd() ?? Data()
    for file in try Generator(request: [UInt8](request), access: access).files() {
        let url = URL(fileURLWithPath: file.path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.text.utf8).write(to: url)
    }
} catch {
    fail("\(error)")
}
