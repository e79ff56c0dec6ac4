# Mining. File id, names and ordinals are Bitcoin Core's.

@0xc77d03df6a41b505;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";
using Common = import "common.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

const maxMoney :Int64 = 2100000000000000;
const maxDouble :Float64 = 1.7976931348623157e308;
const defaultBlockReservedWeight :UInt32 = 8000;
const defaultCoinbaseOutputMaxAdditionalSigops :UInt32 = 400;

interface Mining $Proxy.wrap("interfaces::Mining") {
    isTestChain @0 (context :Proxy.Context) -> (result: Bool);
    isInitialBlockDownload @1 (context :Proxy.Context) -> (result: Bool);
    getTip @2 (context :Proxy.Context) -> (result: Common.BlockRef, hasResult: Bool);
    waitTipChanged @3 (context :Proxy.Context, currentTip: Data $Swift.type("BitcoinPrimitives::BlockHash"), timeout: Float64 = .maxDouble)
        -> (result: Common.BlockRef $Swift.optional) $Swift.cancellable;
    createNewBlock @4 (context :Proxy.Context, options: BlockCreateOptions, cooldown: Bool = true)
        -> (result: BlockTemplate $Swift.optional) $Swift.cancellable;
    checkBlock @5 (context :Proxy.Context, block: Data $Swift.type("BitcoinPrimitives::Block"), options: BlockCheckOptions)
        -> (reason: Text, debug: Text, result: Bool);
    interrupt @6 () -> ();
    submitBlock @7 (context :Proxy.Context, block: Data $Swift.type("BitcoinPrimitives::Block"))
        -> (reason: Text, debug: Text, result: Bool);
    getTransactionsByTxID @8 (context :Proxy.Context, txids: List(Data) $Swift.type("BitcoinPrimitives::TransactionID"))
        -> (result: List(Data));
    getTransactionsByWitnessID @9 (context :Proxy.Context, wtxids: List(Data) $Swift.type("BitcoinPrimitives::WitnessTransactionID"))
        -> (result: List(Data));
}

interface BlockTemplate $Proxy.wrap("interfaces::BlockTemplate") {
    destroy @0 (context :Proxy.Context) -> ();
    getBlockHeader @1 (context: Proxy.Context) -> (result: Data);
    getBlock @2 (context: Proxy.Context) -> (result: Data $Swift.type("BitcoinPrimitives::Block"));
    getTxFees @3 (context: Proxy.Context) -> (result: List(Int64));
    getTxSigops @4 (context: Proxy.Context) -> (result: List(Int64));
    getCoinbaseTx @5 (context: Proxy.Context) -> (result: CoinbaseTx);
    getCoinbaseMerklePath @6 (context: Proxy.Context) -> (result: List(Data));
    submitSolutionOld7 @7 (context: Proxy.Context, version: UInt32, timestamp: UInt32, nonce: UInt32, coinbase :Data)
        -> (result: Bool);
    waitNext @8 (context: Proxy.Context, options: BlockWaitOptions) -> (result: BlockTemplate $Swift.optional)
        $Swift.cancellable;
    interruptWait @9 () -> ();
    submitSolution @10 (context: Proxy.Context, version: UInt32, timestamp: UInt32, nonce: UInt32, coinbase :Data)
        -> (reason: Text, debug: Text, result: Bool);
}

struct BlockCreateOptions $Proxy.wrap("node::BlockCreateOptions") {
    useMempool @0 :Bool = true;
    blockReservedWeight @1 :UInt64 = .defaultBlockReservedWeight;
    coinbaseOutputMaxAdditionalSigops @2 :UInt64 = .defaultCoinbaseOutputMaxAdditionalSigops;
}

struct BlockWaitOptions $Proxy.wrap("node::BlockWaitOptions") {
    timeout @0 :Float64 = .maxDouble;
    feeThreshold @1 :Int64 = .maxMoney;
}

struct BlockCheckOptions $Proxy.wrap("node::BlockCheckOptions") {
    checkMerkleRoot @0 :Bool = true;
    checkPow @1 :Bool = true;
}

struct CoinbaseTx $Proxy.wrap("node::CoinbaseTx") {
    version @0 :UInt32;
    sequence @1 :UInt32;
    scriptSigPrefix @2 :Data;
    witness @3 :Data;
    blockRewardRemaining @4 :Int64;
    requiredOutputs @5 :List(Data);
    lockTime @6 :UInt32;
}
