import Glibc

/// Texts of system errors.
package enum SystemError {
    /// What an error number means, as `strerror`.
    package static func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
