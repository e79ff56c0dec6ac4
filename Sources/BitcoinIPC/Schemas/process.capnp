# Bootstrap of every process of this project; extends Core's Init.

@0x985b143106bed354;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";
using Init = import "init.capnp";
using NodeSchema = import "node.capnp";
using ChainSchema = import "chain.capnp";
using WalletSchema = import "wallet.capnp";
using HandlerSchema = import "handler.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

interface ProcessInit extends(Init.Init) $Proxy.wrap("ProcessInit") {
    # What every process of this project serves as its bootstrap beyond Core's `Init`. A process throws
    # "unimplemented" for what it does not have.

    getProcessInfo @0 (context :Proxy.Context) -> (result :NodeSchema.ProcessInfo);
    # Who is at the other end.
    makeNode @1 (context :Proxy.Context) -> (result :NodeSchema.Node);
    # The node (node process).
    makeChain @2 (context :Proxy.Context) -> (result :ChainSchema.Chain);
    # The chain (node process).
    makeWalletLoader @3 (context :Proxy.Context) -> (result :WalletSchema.WalletLoader);
    # The list of wallets (node process).
    makeWallet @4 (context :Proxy.Context, name :Text) -> (result :WalletSchema.Wallet);
    # The wallet of that name (wallet process).
    makeChainClient @5 (context :Proxy.Context, chain :ChainSchema.Chain, settings :ChainSchema.WalletProcessSettings) -> (result :ChainSchema.ChainClient);
    # Prepares a wallet in a spawned wallet process.
    attachWallet @6 (context :Proxy.Context, client :ChainSchema.ChainClient, info :ChainSchema.ChainClientInfo) -> (result :HandlerSchema.Handler);
    # Attaches a wallet process that was started by hand (node process). Lasts until the handler is dropped or the
    # connection ends.
    listClients @7 (context :Proxy.Context) -> (result :List(NodeSchema.IpcClientInfo));
    # The connected clients of this process.
    disconnectClient @8 (context :Proxy.Context, id :UInt64) -> (result :Bool);
    # Ends the connection of a client. False when there is none of that number.
}
