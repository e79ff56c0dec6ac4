import Foundation
import Glibc

/// The lock on a datadir: the file `.lock`, locked as Core locks it, so that only one node uses the directory.
///
/// The lock ends with `release`, or with the process. It is advisory and of the POSIX kind (`F_SETLK`).
package final class DatadirLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: `OptionError` with Core's text when the directory cannot be written or another process has the lock.
    package init(directory: String) throws(OptionError) {
        let path = directory + "/.lock"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw OptionError("Cannot write to directory '\(directory)'; check permissions.")
        }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard unsafe fcntl(descriptor, F_SETLK, &lock) == 0 else {
            close(descriptor)
            throw OptionError(
                "Cannot obtain a lock on directory \(directory). bitcoin-node is probably already running.")
        }
    }

    /// Gives the lock back.
    package func release() {
        close(descriptor)
    }
}
