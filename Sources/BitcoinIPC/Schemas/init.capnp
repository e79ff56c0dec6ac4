# Bootstrap of every process. File id, names and ordinals are Bitcoin Core's.

@0xf2c5cfa319406aa6;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";
using Echo = import "echo.capnp";
using Mining = import "mining.capnp";
using Rpc = import "rpc.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

interface Init $Proxy.wrap("interfaces::Init") {
    construct @0 (threadMap: Proxy.ThreadMap) -> (threadMap :Proxy.ThreadMap);
    makeEcho @1 (context :Proxy.Context) -> (result :Echo.Echo);
    makeMiningOld2 @2 () -> () $Swift.unsupported("Old mining interface (@2) not supported. Please update your client!");
    makeMining @3 (context :Proxy.Context) -> (result :Mining.Mining $Swift.optional);
    makeRpc @4 (context :Proxy.Context) -> (result :Rpc.Rpc);
}
