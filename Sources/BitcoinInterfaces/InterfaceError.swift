/// What an object refuses for a reason on which its caller can act, whatever process the caller is in.
///
/// Other errors that an implementation throws reach callers of another process as text only.
package enum InterfaceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The process does not have this object or method: do without, or ask another one. Names what is missing.
    case notOffered(String)
    /// Too much at a time; the same call may succeed later. Says of what, and what to do.
    case overloaded(String)

    /// A sentence for the user.
    package var description: String {
        switch self {
        case .notOffered(let what): "\(what) is not offered by this process"
        case .overloaded(let text): text
        }
    }
}
