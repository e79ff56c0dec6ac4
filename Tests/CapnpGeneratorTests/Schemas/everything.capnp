# One of everything that plain readers and builders are generated for. Code from it is part of the tests.

@0xd5a6e70f2b91c384;

using Swift = import "/swift.capnp";
$Swift.namespace("Golden");

enum Color {
    red @0;
    # The first.
    green @1;
    blue @2;
    self @3;
    default @4;
}

struct Scalars {
    # Every type of the data section, without and with defaults.

    nothing @0 :Void;
    bool @1 :Bool;
    int8 @2 :Int8;
    int16 @3 :Int16;
    int32 @4 :Int32;
    int64 @5 :Int64;
    uint8 @6 :UInt8;
    uint16 @7 :UInt16;
    uint32 @8 :UInt32;
    uint64 @9 :UInt64;
    float32 @10 :Float32;
    float64 @11 :Float64;
    color @12 :Color;

    boolSet @13 :Bool = true;
    int8Set @14 :Int8 = -5;
    int16Set @15 :Int16 = -1600;
    int32Set @16 :Int32 = -2000000000;
    int64Set @17 :Int64 = -9000000000000000000;
    uint8Set @18 :UInt8 = 200;
    uint16Set @19 :UInt16 = 65000;
    uint32Set @20 :UInt32 = 4000000000;
    uint64Set @21 :UInt64 = 18000000000000000000;
    float32Set @22 :Float32 = 1.5;
    float64Set @23 :Float64 = 1.7976931348623157e308;
    infinite @24 :Float64 = -inf;
    notANumber @25 :Float32 = nan;
    colorSet @26 :Color = blue;
}

struct Pointers {
    # Every type of the pointer section, without and with defaults.

    text @0 :Text;
    data @1 :Data;
    scalars @2 :Scalars;
    any @3 :AnyPointer;
    capability @4 :Empty;

    textSet @5 :Text = "quote \" backslash \\ é";
    dataSet @6 :Data = 0x"00 ff 10";
    pointSet @7 :Point = (x = 3, y = -4);
    numbersSet @8 :List(Int32) = [1, 2, -3];
    pointsSet @9 :List(Point) = [(x = 1), (y = 2)];
}

struct Lists {
    # Lists of every type.

    voids @0 :List(Void);
    bools @1 :List(Bool);
    int8s @2 :List(Int8);
    uint16s @3 :List(UInt16);
    int32s @4 :List(Int32);
    uint64s @5 :List(UInt64);
    float32s @6 :List(Float32);
    float64s @7 :List(Float64);
    texts @8 :List(Text);
    datas @9 :List(Data);
    colors @10 :List(Color);
    points @11 :List(Point);
    matrix @12 :List(List(Int32));
    books @13 :List(List(List(Text)));
    capabilities @14 :List(Empty);
}

struct Point {
    x @0 :Int32;
    y @1 :Int32;
}

struct Shape {
    # Unions and groups.

    name @0 :Text;
    union {
        circle @1 :Float64;
        rectangle :group {
            width @2 :Float64;
            height @3 :Float64;
            title @4 :Text;
        }
        label @5 :Text;
        nothing @6 :Void;
        tint @7 :Color = green;
        corners @8 :List(Point);
    }
    place :union {
        unknown @9 :Void;
        at @10 :Point;
    }
    style :group {
        thick @11 :Bool;
        shade @12 :UInt8 = 7;
    }
}

struct Outer {
    # Nested declarations, and names that Swift gives other meanings to.

    const depth :UInt8 = 2;

    struct Inner {
        struct Type {
            value @0 :Int64;
        }
        type @0 :Type;
        kind @1 :Kind;
        enum Kind {
            none @0;
            some @1;
        }
    }
    inner @0 :Inner;
    self @1 :Text;
    class @2 :Text;
    init @3 :UInt8;
    reader @4 :UInt8;
    which @5 :Bool;
}

struct Recursive {
    value @0 :UInt32;
    children @1 :List(Recursive);
    next @2 :Recursive;
}

interface Empty {
}

interface Service extends(Empty) {
    # Methods with implicit and with named structs.

    sum @0 (left :Int32, right :Int32 = 4) -> (result :Int64);
    # Adds.
    move @1 Point -> Point;
    watch @2 (service :Service) -> ();
}

const answer :Int32 = 42;
const negative :Int64 = -9000000000000000000;
const ratio :Float64 = 0.25;
const yes :Bool = true;
const greeting :Text = "hello\n";
const bytes :Data = 0x"01 02";
const favourite :Color = blue;
const origin :Point = (x = 7, y = 8);
const primes :List(UInt16) = [2, 3, 5];
