#if canImport(Glibc)
    import Glibc
#endif

/// What a program does when another one has spawned it.
package enum SpawnedProgram {
    /// Makes SIGINT harmless: a Ctrl-C in the terminal reaches parent and child alike, and the parent still needs the
    /// child for an orderly end. Says so on standard output, in Core's words. Call it once, at the start.
    ///
    /// - Parameter executable: name of this program.
    package static func waitForParentOnInterrupt(executable: String) {
        let text = "[\(executable)] SIGINT received — waiting for parent to shut down.\n"
        unsafe message = UnsafePointer(strdup(text))
        unsafe length = text.utf8.count
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in
            // Only write(2): nothing else is allowed in a handler.
            _ = unsafe write(STDOUT_FILENO, SpawnedProgram.message, SpawnedProgram.length)
        }
        action.sa_flags = SA_RESTART
        unsafe sigemptyset(&action.sa_mask)
        _ = unsafe sigaction(SIGINT, &action, nil)
    }

    // Written once, before the handler can run, and never freed.
    nonisolated(unsafe) private static var message: UnsafePointer<CChar>?
    nonisolated(unsafe) private static var length = 0
}
