# Imported by generics.capnp.

@0xe4b07f52c1d98a36;

using Swift = import "/swift.capnp";
using Marks = import "marks.capnp";
$Swift.namespace("Golden");

struct Box(T) {
    # Holds one thing.

    value @0 :T;
    lid @1 :Lid;
    label @2 :Text = "box" $Marks.note("a default");

    enum Lid {
        open @0;
        shut @1;
    }

    struct Corner {
        # Knows what is in the box around it.
        thing @0 :T;
        x @1 :Int32 = 4;
    }
    corner @3 :Corner;

    const sides :UInt8 = 6;
    const standard :Lid = shut;
}
