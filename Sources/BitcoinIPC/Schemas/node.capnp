# The node for terminals and monitors.

@0xc3c396d0492f91a4;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";
using Common = import "common.capnp";
using HandlerSchema = import "handler.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

interface Node $Proxy.wrap("Node") {
    # The node as a terminal or monitor sees it: snapshots, windows on its data, events.

    destroy @0 (context :Proxy.Context) -> ();
    getInfo @1 (context :Proxy.Context) -> (result :NodeInfo);
    # The state of the node now.
    getBlocks @2 (context :Proxy.Context, height :Int32, count :UInt32) -> (result :List(BlockSummary));
    # Blocks of the active chain from `height` downwards, at most `count` (bounded by 1,000).
    getBlock @3 (context :Proxy.Context, hash :Data $Swift.type("BitcoinPrimitives::BlockHash")) -> (result :Data $Swift.type("BitcoinPrimitives::Block") $Swift.optional);
    # A block by hash from any branch; nil when unknown or its data is not at hand.
    getMempool @4 (context :Proxy.Context, offset :UInt64, count :UInt32) -> (result :MempoolWindow);
    # A window on the mempool, highest fee rate first, at most 1,000 rows.
    getLog @5 (context :Proxy.Context, first :UInt64, count :UInt32) -> (result :LogWindow);
    # Log lines from number `first`, at most `count`; a number past the end gives the newest `count`.
    handleEvents @6 (context :Proxy.Context, events :NodeEvents) -> (result :HandlerSchema.Handler);
    # Registers for events until the handler is dropped or disconnected.
    shutdown @7 (context :Proxy.Context) -> ();
    # Asks the node to shut down; returns before it has.
}

interface NodeEvents $Proxy.wrap("NodeEvents") {
    # Events of a node. Implemented by whoever wants them; calls come in order.

    destroy @0 (context :Proxy.Context) -> ();
    blockTip @1 (context :Proxy.Context, tip :Common.BlockRef, time :Int64, initialBlockDownload :Bool) -> ();
    # The active chain has a new tip.
    headerTip @2 (context :Proxy.Context, tip :Common.BlockRef, time :Int64) -> ();
    # The best known header changed.
    initMessage @3 (context :Proxy.Context, message :Text) -> ();
    # Start-up reached a new step; empty when done.
    progress @4 (context :Proxy.Context, title :Text, percent :Int32) -> ();
    # Long work advances; `percent` 0 to 100.
    mempoolChanged @5 (context :Proxy.Context, transactions :UInt64, bytes :UInt64) -> ();
    # Transactions entered or left the mempool.
    warningsChanged @6 (context :Proxy.Context, warnings :List(Text)) -> ();
    # The list of warnings changed.
    logAdvanced @7 (context :Proxy.Context, total :UInt64) -> ();
    # The log has grown to `total` lines; sent at most a few times a second.
    shutdownStarted @8 (context :Proxy.Context) -> ();
    # The node is going down.
}

struct ProcessInfo $Proxy.wrap("ProcessInfo") {
    # What a process says of itself.

    name @0 :Text;
    # Name of the executable, such as `bitcoin-node`.
    version @1 :Text;
    # Version of the client software.
    processID @2 :Int32;
    # Process id.
    chain @3 :Text;
    # Core's name of the network: main, test, testnet4, signet, regtest.
    startTime @4 :Int64;
    # Start, seconds since 1970.
}

struct NodeInfo $Proxy.wrap("NodeInfo") {
    # A snapshot of the node for status lines.

    process @0 :ProcessInfo;
    # The node process.
    tip @1 :Common.BlockRef;
    # Tip of the active chain.
    headersHeight @2 :Int32;
    # Height of the best known header.
    tipTime @3 :Int64;
    # Header time of the tip, seconds since 1970.
    medianTime @4 :Int64;
    # Median time past of the tip.
    difficulty @5 :Float64;
    # Difficulty of the tip.
    chainWork @6 :Data;
    # Work of the active chain, 32 bytes, big endian.
    initialBlockDownload @7 :Bool;
    # Whether the chain is still being caught up.
    verificationProgress @8 :Float64;
    # Estimated part of all transactions processed, 0 to 1.
    sizeOnDisk @9 :UInt64;
    # Bytes of block files.
    mempoolTransactions @10 :UInt64;
    # Transactions in the mempool.
    mempoolBytes @11 :UInt64;
    # Virtual bytes of the mempool.
    mempoolFees @12 :Int64;
    # Sum of the fees in the mempool, satoshi.
    peers @13 :UInt32;
    # Connected P2P peers.
    warnings @14 :List(Text);
    # Warnings to show to the user, most important first.
    dataDirectory @15 :Text;
    # Datadir of the network.
    time @16 :Int64;
    # The node's clock (mocked or real), seconds since 1970.
    initMessage @17 :Text;
    # What start-up is doing now; empty when the node is ready.
}

struct BlockSummary $Proxy.wrap("BlockSummary") {
    # One row of a list of blocks.

    block @0 :Common.BlockRef;
    # Hash and height.
    time @1 :Int64;
    # Header time, seconds since 1970.
    transactions @2 :UInt32;
    # Number of transactions.
    size @3 :UInt32;
    # Serialised size in bytes with witness.
    weight @4 :UInt32;
    # Weight units.
}

struct MempoolRow $Proxy.wrap("MempoolRow") {
    # One transaction of the mempool.

    transactionID @0 :Data $Swift.type("BitcoinPrimitives::TransactionID");
    # Transaction id.
    virtualSize @1 :UInt32;
    # Virtual bytes.
    fee @2 :Int64;
    # Fee in satoshi.
    time @3 :Int64;
    # Entry, seconds since 1970.
}

struct MempoolWindow $Proxy.wrap("MempoolWindow") {
    # A window on the mempool, highest fee rate first.

    total @0 :UInt64;
    # Number of transactions in the mempool.
    rows @1 :List(MempoolRow);
    # The rows asked for.
}

struct LogWindow $Proxy.wrap("LogWindow") {
    # A window on the log lines that the node keeps in memory.

    first @0 :UInt64;
    # Number of the first line in `lines`, counted from the start of the process.
    total @1 :UInt64;
    # Number of lines written so far.
    lines @2 :List(Text);
    # The lines.
}

struct IpcClientInfo $Proxy.wrap("IpcClientInfo") {
    # A connected client of a process, as the process sees it.

    id @0 :UInt64;
    # Number of the connection.
    name @1 :Text;
    # Name the client gave its first thread, or empty.
    processID @2 :Int32;
    # Process id of the peer, 0 if unknown.
    userID @3 :UInt32;
    # User id of the peer.
    connectedTime @4 :Int64;
    # Start of the connection, seconds since 1970.
    groupID @5 :UInt32;
    # Group id of the peer.
    address @6 :Text;
    # Address that it connected to, `unix:<path>`.
    calls @7 :UInt64;
    # Calls that it has made.
    callsInFlight @8 :UInt32;
    # Calls of it that have not returned.
    bytesReceived @9 :UInt64;
    # Bytes received from it.
    bytesSent @10 :UInt64;
    # Bytes sent to it.
    objects @11 :UInt32;
    # Objects of this process that it holds.
    meanLatency @12 :Int64;
    # Average time from a call's arrival to its answer, microseconds. Calls that wait count too.
    maxLatency @13 :Int64;
    # The longest such time, microseconds.
}
