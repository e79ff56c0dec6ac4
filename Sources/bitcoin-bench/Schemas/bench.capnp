# What `bitcoin-bench capnp` encodes and reads.

@0x9c7e1b40d2f86a53;

using Swift = import "/swift.capnp";
$Swift.namespace("BenchSchema");

struct Input {
    transactionID @0 :Data;
    index @1 :UInt32;
    sequence @2 :UInt32;
    script @3 :Data;
}

struct Output {
    value @0 :Int64;
    script @1 :Data;
}

struct Transaction {
    id @0 :Data;
    version @1 :Int32;
    lockTime @2 :UInt32;
    amount @3 :Int64;
    inputs @4 :List(Input);
    outputs @5 :List(Output);
}

struct History {
    # As a wallet shows it.
    transactions @0 :List(Transaction);
}

struct Block {
    version @0 :Int32;
    time @1 :UInt32;
    bits @2 :UInt32;
    nonce @3 :UInt32;
    previous @4 :Data;
    merkleRoot @5 :Data;
    transactions @6 :List(Data);
    # Serialised.
}
