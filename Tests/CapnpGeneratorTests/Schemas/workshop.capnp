# Proxies of every shape: conversions, optionals, out parameters, objects, closures, inheritance, errors.

@0xf3b2d61a07c95e48;

using Proxy = import "/mp/proxy.capnp";
using Swift = import "/swift.capnp";
$Swift.namespace("Golden");

interface Workshop $Proxy.wrap("golden::Workshop") {
    construct @0 (threadMap :Proxy.ThreadMap) -> (threadMap :Proxy.ThreadMap);
    add @1 (a :Int32, b :Int32) -> (result :Int32);
    # Without a context: answered at once.
    divide @2 (context :Proxy.Context, dividend :Int64, divisor :Int64) -> (quotient :Int64, remainder :Int64);
    count @3 (context :Proxy.Context, value :UInt8 $Swift.type("Int")) -> (result :UInt8 $Swift.type("Int"));
    mood @4 (context :Proxy.Context, mood :Int32 $Swift.type("Mood"), name :Text $Swift.type("Nickname"))
        -> (result :Int32 $Swift.type("Mood"));
    span @5 (context :Proxy.Context, milliseconds :Float64 $Swift.type("Duration")) -> (result :Float64 $Swift.type("Duration"));
    color @6 (context :Proxy.Context, color :import "everything.capnp".Color) -> (result :import "everything.capnp".Color);
    half @7 (context :Proxy.Context, value :Int32, hasValue :Bool) -> (result :Int32, hasResult :Bool);
    find @8 (context :Proxy.Context, name :Text $Swift.optional, wantDetails :Bool) -> (result :Tool $Swift.optional, details :Text $Swift.optional);
    reverse @9 (context :Proxy.Context, tools :List(Tool)) -> (result :List(Tool));
    merge @10 (context :Proxy.Context, prices :List(Price) $Swift.dictionary, names :List(Text) $Swift.set)
        -> (result :List(Price));
    matrix @11 (context :Proxy.Context, rows :List(List(Int32))) -> (result :List(List(Int32)));
    stamps @12 (context :Proxy.Context, stamps :List(Data) $Swift.type("Stamp?")) -> (result :List(Data) $Swift.type("Stamp?"));
    nested @13 (context :Proxy.Context, tools :List(List(Tool))) -> (result :List(List(Data)) $Swift.type("Stamp"));
    repair @14 (context :Proxy.Context, tool :Tool) -> (breakage :Breakage $Proxy.exception("golden::Breakage"), error :Text $Proxy.exception("std::exception"), result :Tool);
    fail @15 (context :Proxy.Context, text :Text) -> ();
    makeBell @16 (context :Proxy.Context) -> (result :Bell);
    passBell @17 (context :Proxy.Context, bell :Bell) -> (result :Bell);
    spareBell @18 (context :Proxy.Context, bell :Bell $Swift.optional) -> (result :Bell $Swift.optional);
    apply @19 (context :Proxy.Context, callback :Transform, value :Int32) -> (result :Int32);
    transform @20 (context :Proxy.Context, factor :Int32) -> (result :Transform);
    maybeApply @21 (context :Proxy.Context, callback :Transform $Swift.optional) -> (result :Bool);
    old @22 (context :Proxy.Context, gone :AnyPointer) -> () $Swift.unsupported("Old workshop method (@22) not supported.");
    params @23 (context :Proxy.Context, params :Int32, results :Int32, call :Int32, self :Int32, in :Int32) -> (output :Int32, object :Int32);
    log @24 (context :Proxy.Context, scheduler :Void, entry :Text) -> ();
    wait @25 (context :Proxy.Context) -> () $Swift.cancellable;
}

interface Bell $Proxy.wrap("golden::Bell") {
    destroy @0 (context :Proxy.Context) -> ();
    ring @1 (context :Proxy.Context, times :Int32) -> (result :Text);
}

interface AlarmClock extends(Bell) $Proxy.wrap("golden::AlarmClock") {
    set @0 (context :Proxy.Context, hour :UInt8) -> ();
    pair @1 (context :Proxy.Context, clock :AlarmClock) -> (result :Bell);
}

interface Transform $Proxy.wrap("ProxyCallback<std::function<int(int, std::string)>>") {
    destroy @0 (context :Proxy.Context) -> ();
    call @1 (context :Proxy.Context, value :Int32, note :Text) -> (result :Int32);
}

struct Tool $Proxy.wrap("golden::Tool") {
    name @0 :Text;
    weight @2 :Float64;
    size @1 :Int32;
    hasSize @3 :Bool;
    parts @4 :List(Tool);
    stamp @5 :Data $Swift.type("Stamp") $Swift.optional;
    prices @6 :List(Price) $Swift.dictionary;
    tags @7 :List(Text) $Swift.set;
    raw @8 :Data;
    best @9 :Price $Swift.optional;
    internal @10 :Int32 $Proxy.skip;
}

struct Price $Swift.pair {
    name @0 :Text;
    amount @1 :Int64;
}

struct Breakage $Proxy.wrap("golden::Breakage") {
    part @0 :Text;
}

struct Reading $Proxy.wrap("golden::Reading") $Swift.custom {
    # A union: the conversion is written by hand.
    union {
        number @0 :Int64;
        text @1 :Text;
    }
}

interface Meter $Proxy.wrap("golden::Meter") {
    read @0 (context :Proxy.Context, last :Reading) -> (result :Reading);
}
