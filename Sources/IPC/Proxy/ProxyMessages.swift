/// What is generated from `mp/proxy.capnp`: the types that every peer built on libmultiprocess has.
package enum ProxyMessages {}
