import CProcess

#if canImport(Glibc)
    import Glibc
#endif

/// Starting a program with exactly one inherited socket.
enum ProcessSpawn {
    /// The number under which the child finds its socket.
    static let childDescriptor: Int32 = 3

    /// Starts `path` (searched in PATH if it has no slash) with standard streams and `descriptor`, which becomes
    /// ``childDescriptor``; every other descriptor is closed in the child. Signals are as at login.
    ///
    /// - Returns: the process number.
    /// - Throws: ``IPCError/spawnFailed(path:code:)`` also when the program does not exist or cannot be executed.
    static func spawn(path: String, arguments: [String], descriptor: Int32) throws(IPCError) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var code = unsafe posix_spawn_file_actions_init(&actions)
        guard code == 0 else { throw .spawnFailed(path: path, code: code) }
        defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
        code = unsafe posix_spawnattr_init(&attributes)
        guard code == 0 else { throw .spawnFailed(path: path, code: code) }
        defer { _ = unsafe posix_spawnattr_destroy(&attributes) }

        // dup2 onto the same number clears close-on-exec in glibc 2.29 and later.
        code = unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, childDescriptor)
        if code == 0 {
            code = unsafe posix_spawn_file_actions_addclosefrom_np(&actions, childDescriptor + 1)
        }
        if code == 0 { code = setSignals(&attributes) }
        guard code == 0 else { throw .spawnFailed(path: path, code: code) }

        var process: pid_t = 0
        var vector: [UnsafeMutablePointer<CChar>?] = unsafe (arguments.map { unsafe strdup($0) } + [nil])
        defer { unsafe vector.forEach { unsafe free($0) } }
        code =
            path.contains("/")
            ? unsafe posix_spawn(&process, path, &actions, &attributes, &vector, environ)
            : unsafe posix_spawnp(&process, path, &actions, &attributes, &vector, environ)
        guard code == 0 else { throw .spawnFailed(path: path, code: code) }
        return process
    }

    /// An ignored SIGPIPE and blocked signals would be inherited; the child starts without.
    private static func setSignals(_ attributes: inout posix_spawnattr_t) -> Int32 {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        var code = unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigaddset(&signals, SIGPIPE)
        if code == 0 { code = unsafe posix_spawnattr_setsigdefault(&attributes, &signals) }
        if code == 0 {
            code = unsafe posix_spawnattr_setflags(
                &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        }
        return code
    }
}
