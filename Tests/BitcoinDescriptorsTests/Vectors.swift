import BitcoinDescriptors
import BitcoinPrimitives
import Foundation

/// The vectors of BIP379 to BIP389 and of Core's tests of descriptors and miniscript.
enum Vectors {
    struct Valid: Codable, Sendable {
        var `private`: String
        var `public`: String
        var normalized: String
        var flags: [String]
        /// For every index the scripts; for descriptors without range just one entry.
        var scripts: [[String]]
        var type: String
        var id: String?
    }

    struct Invalid: Codable, Sendable {
        var `private`: String
        var `public`: String
        var error: String
    }

    struct Multipath: Codable, Sendable {
        var `private`: String
        var `public`: String
        var privates: [String]
        var publics: [String]
        var normalized: [String]
        var scripts: [[[String]]]
    }

    struct Inference: Codable, Sendable {
        var script: String
        var descriptor: String
        var scripts: [String]
        /// Serialised keys and their origins.
        var keys: [[String]]
    }

    struct Descriptors: Codable, Sendable {
        var valid: [Valid]
        var invalid: [Invalid]
        var multipath: [Multipath]
        var inference: [Inference]
    }

    struct Miniscript: Codable, Sendable {
        var miniscript: String
        /// "?" where nothing is said.
        var script: String
        /// "=" for the same as `script`.
        var tapscript: String
        var modes: [String]
        var ops: Int?
        var stack: Int?
        var witness: Int?
        var tapWitness: Int?
        var exec: Int?
    }

    static let descriptors: Descriptors =
        read("descriptors")
        ?? Descriptors(
            valid: [], invalid: [], multipath: [], inference: [])
    static let miniscripts: [Miniscript] = read("miniscript") ?? []

    private static func read<Content: Decodable>(_ name: String) -> Content? {
        guard let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"),
            let data = try? Data(contentsOf: url)
        else { return nil }
        return try? JSONDecoder().decode(Content.self, from: data)
    }

    /// A text without its checksum.
    static func bare(_ text: String) -> String { String(text.prefix { $0 != "#" }) }
}
