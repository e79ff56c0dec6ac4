# A calculator in another process: objects as results, results used before they are there, objects of the caller's.

@0xd8c1f3a7b29e6450;

interface Calculator {
    literal @0 (value :Float64) -> (value :Value);
    # A number that the server keeps.

    apply @1 (function :Function, arguments :List(Value)) -> (value :Value);
    # Applies a function of anybody's, the caller's own for instance.

    operator @2 (name :Operator) -> (function :Function);
    # A function that the server has.

    watch @3 (observer :Observer) -> (subscription :Subscription);
    # Tells of every application from now on, until the subscription is dropped.

    enum Operator {
        add @0;
        multiply @1;
        subtract @2;
        divide @3;
    }

    interface Value {
        read @0 () -> (value :Float64);
    }

    interface Function {
        call @0 (arguments :List(Float64)) -> (value :Float64);
    }

    interface Observer {
        applied @0 (arguments :List(Float64), value :Float64) -> ();
    }

    interface Subscription {
    }
}
