# The chain for wallets, and wallet processes for the node.

@0xb2a5cd6557d88dbc;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";
using Common = import "common.capnp";
using NodeSchema = import "node.capnp";
using HandlerSchema = import "handler.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

interface Chain $Proxy.wrap("Chain") {
    # The chain as wallets see it. The node holds no keys and knows no wallet; a wallet sees nothing but this.

    destroy @0 (context :Proxy.Context) -> ();
    getTip @1 (context :Proxy.Context) -> (result :Common.BlockRef $Swift.optional);
    # Tip of the active chain; nil before the genesis block is loaded.
    getBlockHash @2 (context :Proxy.Context, height :Int32) -> (result :Data $Swift.type("BitcoinPrimitives::BlockHash") $Swift.optional);
    # Hash of the block at `height` in the active chain, nil if there is none.
    findBlock @3 (context :Proxy.Context, hash :Data $Swift.type("BitcoinPrimitives::BlockHash")) -> (result :FoundBlock $Swift.optional);
    # What the node knows of a block, nil if nothing.
    findFork @4 (context :Proxy.Context, locator :List(Data) $Swift.type("BitcoinPrimitives::BlockHash")) -> (result :Common.BlockRef $Swift.optional);
    # The last block of a locator's chain that is in the active chain; nil if none.
    getLocator @5 (context :Proxy.Context, hash :Data $Swift.type("BitcoinPrimitives::BlockHash") $Swift.optional) -> (result :List(Data) $Swift.type("BitcoinPrimitives::BlockHash"));
    # Locator of a block, newest hash first; of the tip when `hash` is nil.
    getBlock @6 (context :Proxy.Context, hash :Data $Swift.type("BitcoinPrimitives::BlockHash")) -> (result :Data $Swift.type("BitcoinPrimitives::Block") $Swift.optional);
    # A block with its transactions, nil when its data is not at hand.
    isInitialBlockDownload @7 (context :Proxy.Context) -> (result :Bool);
    # Whether the chain is still being caught up.
    getTime @8 (context :Proxy.Context) -> (result :Int64);
    # The node's clock (mocked or real), seconds since 1970.
    getMempoolAncestry @9 (context :Proxy.Context, transactionID :Data $Swift.type("BitcoinPrimitives::TransactionID")) -> (result :MempoolAncestry $Swift.optional);
    # Place of a transaction in the mempool, nil if it is not there.
    broadcastTransaction @10 (context :Proxy.Context, transaction :Data $Swift.type("BitcoinPrimitives::Transaction"), maxFee :Int64) -> (result :Text);
    # Adds a transaction to the mempool. Returns Core's reject reason, empty on success.
    handleNotifications @11 (context :Proxy.Context, notifications :ChainNotifications) -> (result :HandlerSchema.Handler);
    # Registers for notifications until the handler is dropped. Notifications come in order, the first after the call
    # returned.
    requestMempoolTransactions @12 (context :Proxy.Context, notifications :ChainNotifications) -> () $Swift.cancellable;
    # Replays the mempool to `notifications`, parents first.
}

interface ChainNotifications $Proxy.wrap("ChainNotifications") {
    # What happens in the chain, in order. Implemented by wallets.

    destroy @0 (context :Proxy.Context) -> ();
    transactionAddedToMempool @1 (context :Proxy.Context, transaction :Data $Swift.type("BitcoinPrimitives::Transaction")) -> ();
    # A transaction entered the mempool.
    transactionRemovedFromMempool @2 (context :Proxy.Context, transactionID :Data $Swift.type("BitcoinPrimitives::TransactionID")) -> ();
    # A transaction left the mempool for another reason than a block.
    blockConnected @3 (context :Proxy.Context, block :ConnectedBlock) -> ();
    # A block joined the active chain.
    blockDisconnected @4 (context :Proxy.Context, block :ConnectedBlock) -> ();
    # A block left the active chain.
    chainStateFlushed @5 (context :Proxy.Context, locator :List(Data) $Swift.type("BitcoinPrimitives::BlockHash")) -> ();
    # Everything up to the locator is safely stored.
}

interface ChainClient $Proxy.wrap("ChainClient") {
    # A wallet process as the node holds it, the same whether it was spawned or attached.

    destroy @0 (context :Proxy.Context) -> ();
    getInfo @1 (context :Proxy.Context) -> (result :ChainClientInfo);
    # Who it is.
    start @2 (context :Proxy.Context) -> () $Swift.cancellable;
    # Opens or creates the wallet, catches up with the chain and begins to follow it.
    executeRpc @3 (context :Proxy.Context, request :Text, uri :Text, user :Text) -> (result :Text) $Swift.cancellable;
    # Runs a wallet RPC. `request` and result are JSON-RPC objects, as `Rpc.executeRpc`.
    stop @4 (context :Proxy.Context) -> ();
    # Flushes and closes the wallet. A spawned process ends afterwards.
}

struct FoundBlock $Proxy.wrap("FoundBlock") {
    # What the node knows of a block.

    block @0 :Common.BlockRef;
    # Hash and height.
    time @1 :Int64;
    # Header time.
    medianTime @2 :Int64;
    # Median time past.
    maxTime @3 :Int64;
    # Highest header time of the chain up to the block.
    inActiveChain @4 :Bool;
    # Whether the block is in the active chain.
}

struct MempoolAncestry $Proxy.wrap("MempoolAncestry") {
    # Place of a transaction in the mempool's graph.

    ancestors @0 :UInt64;
    # Number of in-mempool ancestors, itself included.
    ancestorSize @1 :UInt64;
    # Virtual bytes of these.
    ancestorFees @2 :Int64;
    # Fees of these, satoshi.
    descendants @3 :UInt64;
    # Number of in-mempool descendants, itself included.
}

struct ConnectedBlock $Proxy.wrap("ConnectedBlock") {
    # A block that joined or left the active chain.

    block @0 :Common.BlockRef;
    # Hash and height.
    previous @1 :Data $Swift.type("BitcoinPrimitives::BlockHash");
    # Hash of the block before.
    maxTime @2 :Int64;
    # Highest header time of the chain up to the block.
    data @3 :Data $Swift.type("BitcoinPrimitives::Block");
    # The block itself.
}

struct ChainClientInfo $Proxy.wrap("ChainClientInfo") {
    # What a wallet process says when it attaches.

    process @0 :NodeSchema.ProcessInfo;
    # The wallet process.
    walletName @1 :Text;
    # Name of the wallet it holds.
    address @2 :Text;
    # Address of its own socket, `unix:<path>`, for terminals.
}

struct WalletProcessSettings $Proxy.wrap("WalletProcessSettings") {
    # Settings the node hands to a wallet process that it spawns.

    chain @0 :Text;
    # Core's name of the network.
    dataDirectory @1 :Text;
    # Datadir of the network.
    walletDirectory @2 :Text;
    # Directory that holds the wallets.
    walletName @3 :Text;
    # Wallet to open.
    create @4 :CreateWalletOptions $Swift.optional;
    # Set when the wallet is to be created first.
    keyPoolSize @5 :Int64;
    # `-keypool`.
    mockTime @6 :Int64;
    # `-mocktime`, 0 for the real clock.
    debugCategories @7 :List(Text);
    # Log categories that are on.
    messageStart @8 :Data;
    # The four bytes that mark the network's messages and wallet files; empty for those that `chain` has by itself.
}

struct CreateWalletOptions $Proxy.wrap("CreateWalletOptions") {
    # How a new wallet is made.

    blank @0 :Bool;
    # Without keys and descriptors.
    disablePrivateKeys @1 :Bool;
    # Watch-only: never holds private keys.
    avoidReuse @2 :Bool;
    # Track address reuse.
}
