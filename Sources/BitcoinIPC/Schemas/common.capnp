# Types shared by the interfaces. File id, names and ordinals are Bitcoin Core's.

@0xcd2c6232cb484a28;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

struct BlockRef $Proxy.wrap("interfaces::BlockRef") {
    # A block by hash (32 bytes, internal order) and height.

    hash @0 :Data $Swift.type("BitcoinPrimitives::BlockHash");
    height @1 :Int32;
}
