import BitcoinDescriptors
package import BitcoinPrimitives
import BitcoinScript
import ByteCoding

extension JSONValue {
    /// A scriptPubKey as Core shows it: asm, descriptor, hex, address, type.
    package static func script(_ script: Script, network: Network) -> JSONValue {
        var object = JSONObject()
        object.append("asm", .string(script.assembly()))
        object.append("desc", .string(Descriptor.infer(script, on: network).description))
        object.append("hex", .string(script.hex))
        let template = ScriptTemplate(script)
        if let destination = Destination(scriptPubKey: script), let address = destination.address(on: network) {
            object.append("address", .string(address))
        }
        object.append("type", .string(template.typeName))
        return .object(object)
    }
}
