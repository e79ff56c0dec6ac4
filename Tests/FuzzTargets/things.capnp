# What the target `dynamic` reads: one of everything. `Resources/fuzz schema` makes ThingsSchema.swift from it.

@0xb96d2f38e1a0c574;

struct Things {
    nothing @0 :Void;
    flag @1 :Bool = true;
    int8 @2 :Int8;
    int64 @3 :Int64 = -7;
    uint16 @4 :UInt16;
    float32 @5 :Float32;
    float64 @6 :Float64 = 0.5;
    color @7 :Color;
    text @8 :Text;
    data @9 :Data;
    any @10 :AnyPointer;
    service @11 :Service;
    voids @12 :List(Void);
    bools @13 :List(Bool);
    shorts @14 :List(Int16);
    doubles @15 :List(Float64);
    colors @16 :List(Color);
    texts @17 :List(Text);
    lists @18 :List(List(UInt8));
    things @19 :List(Things);
    next @20 :Things;
    union {
        first @21 :Void;
        second @22 :Text = "unset";
        third :group {
            x @23 :UInt32;
            y @24 :List(Point) = [(x = 1)];
        }
    }
    box @25 :Box(Text);
    boxes @26 :List(Box(Box(Point)));
}

struct Point {
    x @0 :Int32;
    y @1 :Int32;
}

struct Box(T) {
    value @0 :T;
}

enum Color {
    red @0;
    green @1;
}

interface Service {
    call @0 [T] (value :T) -> (value :T);
}
