/// A value that goes over the wire as `Data`, such as a transaction in its network form.
package protocol CapnpDataConvertible {
    /// Reads the wire form.
    ///
    /// - Throws: an error of the type's own if the bytes are not a value.
    init(capnpData: [UInt8]) throws

    /// The wire form.
    var capnpData: [UInt8] { get }
}
