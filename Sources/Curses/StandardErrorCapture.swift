import CCurses
import Glibc

/// Keeps what others write to standard error away from the screen while ncurses owns it, and writes it out
/// afterwards.
struct StandardErrorCapture {
    private var original: Int32 = -1
    private var memory: Int32 = -1

    /// The most that is written out at the end.
    private static let limit = 65_536

    /// Begins to keep.
    mutating func begin() {
        guard original < 0 else { return }
        let file = shim_memory_file()
        guard file >= 0 else { return }
        original = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        guard original >= 0, dup2(file, STDERR_FILENO) >= 0 else {
            close(file)
            return
        }
        memory = file
    }

    /// Gives standard error back and writes the end of what was kept to it.
    mutating func end() {
        guard original >= 0 else { return }
        dup2(original, STDERR_FILENO)
        close(original)
        original = -1
        guard memory >= 0 else { return }
        let size = lseek(memory, 0, SEEK_END)
        lseek(memory, max(0, size - Self.limit), SEEK_SET)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(memory, &buffer, buffer.count)
            guard count > 0 else { break }
            _ = unsafe write(STDERR_FILENO, buffer, count)
        }
        close(memory)
        memory = -1
    }
}
