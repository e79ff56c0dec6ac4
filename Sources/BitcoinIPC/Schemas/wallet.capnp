# Wallets for terminals, and the list of wallets that the node keeps.

@0xb2383d07ffa369fb;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";
using Common = import "common.capnp";
using ChainSchema = import "chain.capnp";
using HandlerSchema = import "handler.capnp";

$Swift.namespace("Messages");
$Swift.module("BitcoinInterfaces");

interface Wallet $Proxy.wrap("Wallet") {
    # One wallet, served by its own process on its own socket.

    destroy @0 (context :Proxy.Context) -> ();
    getInfo @1 (context :Proxy.Context) -> (result :WalletInfo);
    # The state of the wallet now.
    getBalances @2 (context :Proxy.Context) -> (result :WalletBalances);
    # The balances now.
    getTransactions @3 (context :Proxy.Context, filter :Text, offset :UInt64, count :UInt32) -> (result :TransactionWindow);
    # A window on the history, newest first. `filter` as the terminal's `/` filter: words matched in label, address,
    # id and category, `amt>0.1`, `amt<1`, `conf>5`, `label~text`; at most 1,000 rows.
    getTransactionDetails @4 (context :Proxy.Context, transactionID :Data $Swift.type("BitcoinPrimitives::TransactionID")) -> (result :TransactionDetails $Swift.optional);
    # One transaction in full, nil if it is not the wallet's.
    getAddresses @5 (context :Proxy.Context, filter :Text, offset :UInt64, count :UInt32) -> (result :AddressWindow);
    # A window on the addresses that have a label or were paid; at most 1,000 rows.
    getCoins @6 (context :Proxy.Context, filter :Text, offset :UInt64, count :UInt32) -> (result :CoinWindow);
    # A window on the unspent outputs, largest first; at most 1,000 rows.
    unlock @7 (context :Proxy.Context, passphrase :Data, seconds :Int64) -> (result :Bool);
    # Unlocks the keys for a time. False when the passphrase is wrong. The bytes are wiped after use.
    lock @8 (context :Proxy.Context) -> ();
    # Locks the keys at once.
    handleEvents @9 (context :Proxy.Context, events :WalletEvents) -> (result :HandlerSchema.Handler);
    # Registers for events until the handler is dropped or disconnected.
}

interface WalletEvents $Proxy.wrap("WalletEvents") {
    # Events of one wallet, in order.

    destroy @0 (context :Proxy.Context) -> ();
    transactionChanged @1 (context :Proxy.Context, transactionID :Data $Swift.type("BitcoinPrimitives::TransactionID")) -> ();
    # A transaction was added or changed.
    balancesChanged @2 (context :Proxy.Context, balances :WalletBalances) -> ();
    # The balances changed.
    addressBookChanged @3 (context :Proxy.Context, address :Text, label :Text) -> ();
    # A label was set or removed.
    statusChanged @4 (context :Proxy.Context, info :WalletInfo) -> ();
    # Locked, unlocked, scanning or last block changed.
}

interface WalletLoader $Proxy.wrap("WalletLoader") {
    # The node's list of wallets: attach, detach, create. It introduces; terminals then talk to the wallet directly.

    destroy @0 (context :Proxy.Context) -> ();
    listWallets @1 (context :Proxy.Context) -> (result :List(WalletListing));
    # Every wallet that is attached, loading or failed.
    listWalletDirectory @2 (context :Proxy.Context) -> (result :List(Text));
    # Names of the wallets on disk.
    loadWallet @3 (context :Proxy.Context, name :Text) -> (result :WalletListing);
    # Spawns a process for a wallet on disk and returns when it is attached.
    createWallet @4 (context :Proxy.Context, name :Text, options :ChainSchema.CreateWalletOptions) -> (result :WalletListing);
    # Creates a wallet and attaches it.
    unloadWallet @5 (context :Proxy.Context, name :Text) -> ();
    # Detaches a wallet; a spawned process ends.
    handleEvents @6 (context :Proxy.Context, events :WalletLoaderEvents) -> (result :HandlerSchema.Handler);
    # Registers for events until the handler is dropped or disconnected.
}

interface WalletLoaderEvents $Proxy.wrap("WalletLoaderEvents") {
    # Wallets coming and going.

    destroy @0 (context :Proxy.Context) -> ();
    walletLoaded @1 (context :Proxy.Context, listing :WalletListing) -> ();
    # A wallet is attached.
    walletUnloaded @2 (context :Proxy.Context, listing :WalletListing, reason :Text) -> ();
    # A wallet was detached.
    walletFailed @3 (context :Proxy.Context, listing :WalletListing) -> ();
    # A wallet could not be loaded or its process died; `listing.error` says why.
}

struct WalletListing $Proxy.wrap("WalletListing") {
    # A wallet as the node knows it.

    name @0 :Text;
    # Wallet name; the empty string is the default wallet.
    state @1 :UInt16 $Swift.type("WalletState");
    # Where it stands.
    origin @2 :UInt16 $Swift.type("WalletOrigin");
    # How its process came to be.
    processID @3 :Int32;
    # Process id, 0 if none.
    memory @4 :UInt64;
    # Resident bytes of the process, 0 if unknown.
    address @5 :Text;
    # Address of the wallet's own socket, empty if none.
    error @6 :Text;
    # Why it failed, with the remedy; empty otherwise.
}

struct WalletInfo $Proxy.wrap("WalletInfo") {
    # A snapshot of a wallet's state.

    name @0 :Text;
    # Wallet name.
    processID @1 :Int32;
    # Process id.
    encrypted @2 :Bool;
    # Whether the keys are encrypted.
    locked @3 :Bool;
    # Encrypted and without its key in memory.
    unlockedUntil @4 :Int64;
    # When the keys lock again, seconds since 1970; 0 if locked or never.
    privateKeysEnabled @5 :Bool;
    # False for watch-only wallets.
    blank @6 :Bool;
    # Made without keys.
    descriptors @7 :UInt32;
    # Number of descriptors.
    transactions @8 :UInt64;
    # Number of transactions.
    birthTime @9 :Int64;
    # Earliest time of use, seconds since 1970.
    lastBlock @10 :Common.BlockRef;
    # Last block processed.
    scanProgress @11 :Float64;
    # 0 to 1 during a scan; negative when none runs.
    warnings @12 :List(Text);
    # Unknown or corrupt records found, by name.
}

struct WalletBalances $Proxy.wrap("WalletBalances") {
    # Balances in satoshi (RPC `getbalances`).

    trusted @0 :Int64;
    # Spendable now.
    untrustedPending @1 :Int64;
    # Unconfirmed from others.
    immature @2 :Int64;
    # Coinbase outputs not yet mature.
    nonMempool @3 :Int64;
    # In transactions of ours that are neither in a block nor in the mempool.
}

struct TransactionRow $Proxy.wrap("TransactionRow") {
    # One row of history, as RPC `listtransactions` has it.

    transactionID @0 :Data $Swift.type("BitcoinPrimitives::TransactionID");
    # Transaction id.
    output @1 :UInt32;
    # Output index.
    time @2 :Int64;
    # Time of the transaction, seconds since 1970.
    category @3 :Text;
    # send, receive, generate, immature or orphan.
    amount @4 :Int64;
    # Satoshi, negative when sent.
    fee @5 :Int64;
    # Satoshi, negative, only when sent; else 0.
    confirmations @6 :Int32;
    # Depth; negative when conflicted.
    height @7 :Int32;
    # Block height, -1 if unconfirmed.
    address @8 :Text;
    # Address paid, empty if none.
    label @9 :Text;
    # Label of the address.
    abandoned @10 :Bool;
    # Abandoned by the user.
    replaced @11 :Bool;
    # Replaced by another transaction.
}

struct TransactionWindow $Proxy.wrap("TransactionWindow") {
    # A window on the history, newest first.

    total @0 :UInt64;
    # Rows matching the filter.
    unfiltered @1 :UInt64;
    # Rows in all.
    rows @2 :List(TransactionRow);
    # The rows asked for.
}

struct TransactionEnd $Proxy.wrap("TransactionEnd") {
    # One input or output of a transaction.

    address @0 :Text;
    # Address or script type.
    amount @1 :Int64;
    # Satoshi; -1 if unknown.
    label @2 :Text;
    # Label of the address.
    isMine @3 :Bool;
    # Whether it belongs to the wallet.
    isChange @4 :Bool;
    # Whether it is change of the wallet.
}

struct TransactionDetails $Proxy.wrap("TransactionDetails") {
    # A transaction of the wallet in full.

    transactionID @0 :Data $Swift.type("BitcoinPrimitives::TransactionID");
    # Transaction id.
    time @1 :Int64;
    # Time, seconds since 1970.
    confirmations @2 :Int32;
    # Depth; negative when conflicted.
    block @3 :Common.BlockRef $Swift.optional;
    # Block that holds it.
    fee @4 :Int64;
    # Satoshi, -1 if unknown.
    virtualSize @5 :UInt32;
    # Virtual bytes.
    inputs @6 :List(TransactionEnd);
    # Inputs in order.
    outputs @7 :List(TransactionEnd);
    # Outputs in order.
    raw @8 :Data;
    # Network serialisation with witness.
    replacedBy @9 :Text;
    # Id of the transaction that replaced it, or empty.
}

struct AddressRow $Proxy.wrap("AddressRow") {
    # One address of the wallet.

    address @0 :Text;
    # The address.
    label @1 :Text;
    # Label, empty if none.
    purpose @2 :Text;
    # receive, send, refund, change or empty.
    received @3 :Int64;
    # Satoshi received in the active chain and the mempool.
    transactions @4 :UInt32;
    # Transactions that paid it.
    path @5 :Text;
    # HD key path, empty if unknown.
}

struct AddressWindow $Proxy.wrap("AddressWindow") {
    # A window on the addresses.

    total @0 :UInt64;
    # Rows matching the filter.
    rows @1 :List(AddressRow);
    # The rows asked for.
}

struct CoinRow $Proxy.wrap("CoinRow") {
    # One unspent output of the wallet.

    transactionID @0 :Data $Swift.type("BitcoinPrimitives::TransactionID");
    # Transaction id.
    output @1 :UInt32;
    # Output index.
    amount @2 :Int64;
    # Satoshi.
    confirmations @3 :Int32;
    # Depth; 0 in the mempool.
    address @4 :Text;
    # Address paid, empty if none.
    label @5 :Text;
    # Label of the address.
    locked @6 :Bool;
    # Locked by the user.
    safe @7 :Bool;
    # Confirmed or from ourselves.
    solvable @8 :Bool;
    # Whether the wallet knows how to spend it.
}

struct CoinWindow $Proxy.wrap("CoinWindow") {
    # A window on the unspent outputs, largest first.

    total @0 :UInt64;
    # Rows matching the filter.
    rows @1 :List(CoinRow);
    # The rows asked for.
}
