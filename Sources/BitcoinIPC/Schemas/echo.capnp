# A connection test. File id, names and ordinals are Bitcoin Core's.

@0x888b4f7f51e691f7;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

interface Echo $Proxy.wrap("interfaces::Echo") {
    destroy @0 (context :Proxy.Context) -> ();
    echo @1 (context :Proxy.Context, echo: Text) -> (result :Text);
}
