/// What a capability pointer refers to.
///
/// The message format only numbers capabilities; who calls them is the business of the RPC layer, whose client type
/// conforms to this protocol.
public protocol CapabilityHook: AnyObject, Sendable {}
