import Foundation
import Glibc

/// Where the programs of this project lie: beside one another, or in `../libexec` of a `bin` folder.
package enum ProgramLocation {
    /// The path of a program that belongs to the running one.
    ///
    /// - Parameter argumentZero: How the running program was called. Called by its name alone, the link of the system
    ///   to the running file tells where it lies.
    package static func sibling(_ program: String, of argumentZero: String) -> String {
        let own =
            argumentZero.contains("/")
            ? argumentZero
            : (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? argumentZero
        guard let slash = own.lastIndex(of: "/") else { return program }
        let folder = String(own[..<slash])
        if folder.hasSuffix("/bin") || folder == "bin" {
            let libexec = folder.dropLast(3) + "libexec/" + program
            if FileManager.default.isExecutableFile(atPath: String(libexec)) { return String(libexec) }
        }
        return folder + "/" + program
    }

    /// Becomes another program. Returns only on failure, with the error number.
    package static func replaceProcess(path: String, arguments: [String]) -> Int32 {
        let words = unsafe arguments.map { unsafe strdup($0) }
        defer { unsafe words.forEach { unsafe free($0) } }
        unsafe execv(path, words + [nil])
        return errno
    }
}
