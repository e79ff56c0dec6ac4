/// Name and version of this software.
package enum ClientVersion {
    /// The name in version texts.
    package static let name = "Bitcoin in Swift"
    /// The version, with a `v` in front.
    package static let text = "v0.1.0"
    /// Lines after the version in `-version`.
    package static let notice = """
        This is free software under the MIT licence; see the file LICENSE. It comes without any warranty.
        It is not Bitcoin Core, whose file formats and interfaces it shares.

        """
}
