// IPCTools: looking into the traffic between processes, and taking part in it by hand.
//
// `Schemas/` has all schemas of this package at hand while the program runs: `Resources/generate` packs what the schema
// compiler makes of them into `Generated/EmbeddedSchemas.swift`. `Wire/` reads `rpc.capnp` by itself, not with the code that
// speaks it, so that a tool sees what is on the wire and not what one side made of it.
//
// `Trace/` is a proxy between a client and a socket: a `TraceRelay` passes bytes on, first and unchanged, and only then shows
// them to a `TraceConversation`, which keeps the tables of both sides in order to name methods and objects. What cannot be
// decoded is reported once and passed on. `Call/` makes single calls from text; `Replay/` says a recorded dialogue again and
// compares the answers.
//
// Both sides of a connection may be hostile to the one who watches. Tables are bounded; values are decoded with a limit on
// their number; secrets are masked before anything is shown or written to a file.

import Capnp
package import CapnpSchema
import Foundation

/// The schemas of this package.
package enum KnownSchemas {
    /// Every declaration; empty if the embedded bytes are damaged, which a test excludes.
    package static let all: SchemaLoader = {
        guard
            let packed = Data(base64Encoded: EmbeddedSchemas.packedRequest, options: .ignoreUnknownCharacters),
            let bytes = try? PackedEncoding.unpack([UInt8](packed), maxWords: 1 << 24),
            let loader = try? SchemaLoader(request: bytes)
        else { return SchemaLoader() }
        return loader
    }()

    /// What Bitcoin Core's processes serve first.
    package static let initial: UInt64 = 0x8838_c700_ba5c_ba65
    /// What the processes of this package serve first; it extends `initial`.
    package static let processInitial: UInt64 = 0x94ec_fb8e_8524_7288
    /// The struct that says on which thread a call runs.
    static let context: UInt64 = 0x9c44_e664_5d0b_22c6
    /// JSON-RPC without HTTP.
    static let rpc: UInt64 = 0xacb1_d37f_0a71_3129
}
