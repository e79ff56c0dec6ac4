# The same struct as two generations of a program know it.

@0xa1c9b80d4f3e7265;

using Swift = import "/swift.capnp";
$Swift.namespace("Golden");

struct Old {
    name @0 :Text;
    values @1 :List(Int32);
}

struct New {
    name @0 :Text;
    values @1 :List(Value);
    size @2 :UInt64 = 9;
    remark @3 :Text = "none";
}

struct Value {
    number @0 :Int32;
    unit @1 :Text;
}
