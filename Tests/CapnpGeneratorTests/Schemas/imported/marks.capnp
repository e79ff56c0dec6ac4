# Annotations for everything.

@0xa90c6e1f27d3b845;

using Swift = import "/swift.capnp";
$Swift.namespace("Golden");

annotation note @0xf3d1a5806c2b9e47 (*) :Text;
annotation weight @0xb7c02e94d6185fa3 (*) :Weight;
annotation plain @0x8e5f61d3097ca2b4 (*) :Void;

struct Weight {
    grams @0 :Float64 = 0.5;
    parts @1 :List(UInt8);
}
