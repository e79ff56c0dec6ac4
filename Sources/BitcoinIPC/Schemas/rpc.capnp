# JSON-RPC without HTTP. File id, names and ordinals are Bitcoin Core's.

@0x9c3505dc45e146ac;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

interface Rpc $Proxy.wrap("interfaces::Rpc") {
    executeRpc @0 (context :Proxy.Context, request :Text, uri :Text, user :Text) -> (result :Text) $Swift.cancellable;
}
