import CProcess

/// What a process with secrets in its memory gives up.
package enum ProcessHardening {
    /// Keeps the memory of this process out of core files, and away from debuggers of the same user.
    package static func forbidCoreDumps() {
        // Where the system refuses, the wallet still works; there is nothing better to do than go on.
        _ = forbid_core_dumps()
    }
}
