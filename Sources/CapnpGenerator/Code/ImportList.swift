/// The modules that a generated file must import, gathered while it is generated.
///
/// A class, because every generator of the file adds to the same list.
final class ImportList {
    /// Whether each module's types show in the file's declarations, and not only in function bodies.
    private var showsInInterface: [String: Bool] = [:]

    /// Notes that a module is used.
    func note(_ module: String, inInterface: Bool = true) {
        showsInInterface[module, default: false] = showsInInterface[module, default: false] || inInterface
    }

    /// The import declarations, sorted.
    func lines(access: AccessLevel) -> [String] {
        showsInInterface.sorted { $0.key < $1.key }.map { module, shows in
            "\(shows ? access.modifier : "")import \(module)"
        }
    }
}
