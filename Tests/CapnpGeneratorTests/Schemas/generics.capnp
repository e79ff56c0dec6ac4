# Type parameters, annotations on everything, and imports of imports.

@0xc2f58d07b31e694a;

using Swift = import "/swift.capnp";
using Boxes = import "imported/boxes.capnp";
using import "imported/boxes.capnp".Box;
using Marks = import "imported/marks.capnp";
$Swift.namespace("Golden");
$Marks.note("a file");
$Marks.weight(grams = 2, parts = [1, 2]);

struct Pair(First, Second) $Marks.plain {
    # Two of anything.

    first @0 :First $Marks.note("a field");
    second @1 :Second;
    swapped @2 :Pair(Second, First);

    union {
        # Which of them counts.
        neither @3 :Void;
        better @4 :First;
        both :group $Marks.plain {
            sum @5 :Int32 = -1;
            proof @6 :Second;
        }
    }
    numbers @7 :List(Int32) = [4, 5];

    struct Inner(First) {
        # Hides a parameter of the struct around it.
        own @0 :First;
        outer @1 :Second;
    }
    inner @8 :Inner(Data);
}

struct Bindings {
    texts @0 :Pair(Text, Data);
    lists @1 :Pair(List(Int32), List(Text));
    structs @2 :Pair(Marks.Weight, Box(Marks.Weight));
    unbound @3 :Pair;
    boxes @4 :List(Box(Text));
    corner @5 :Box(Text).Corner;
    lid @6 :Box(Text).Lid = shut;
    capability @7 :Pair(Shelf(Text), AnyPointer);
    twice @8 :Box(Box(Data));
}

struct Recursive2(T) {
    value @0 :T;
    next @1 :Recursive2(T);
}

interface Shelf(Thing) $Marks.note("an interface") {
    # Keeps things.

    put @0 (thing :Thing $Marks.plain, times :UInt8 = 1) -> (previous :Thing) $Marks.weight(grams = 1);
    swap @1 [Other] (thing :Thing, other :Other) -> (other :Other, box :Box(Thing));
    same @2 Box(Thing) -> Box(Thing);
    leave @3 ();
}

interface Drawer extends(Shelf(Text)) {
    open @0 ();
}

enum Grade $Marks.plain {
    low @0 $Marks.note("an enumerant");
    high @1;
}

const pair :Pair(Text, Data) = (first = "one", second = 0x"02", numbers = []) $Marks.plain;
const heavy :Marks.Weight = (grams = 1e6, parts = [3]);
const nothing :Void = void;
const tiny :Float32 = 1e-30;
const names :List(Text) = ["a", "b"];
const boxed :List(Box(Text)) = [(value = "in")];
const grades :List(Grade) = [high, low];
