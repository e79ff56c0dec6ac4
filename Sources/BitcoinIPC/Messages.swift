// BitcoinIPC: where Cap'n Proto and the Bitcoin interfaces meet.
//
// `Schemas/` describes the wire, `Generated/` is made from it by `Resources/generate`: under `Messages` the plain readers
// and builders, beside it the proxies `XProxyClient` and `XProxyServer` of every protocol X of `BitcoinInterfaces` and the
// conversions of its structs. Written by hand are only the conversions of values that are `Data` on the wire.

/// Everything that the schemas declare, apart from the protocols and structs of the same names that applications use.
package enum Messages {}
