# Registrations for events.

@0xf5268e35b1ec4ee6;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

interface Handler $Proxy.wrap("Handler") {
    # A registration. Dropping the last reference ends it too.

    destroy @0 (context :Proxy.Context) -> ();
    disconnect @1 (context :Proxy.Context) -> ();
    # Ends the registration; no event arrives after it returns.
}
