# Annotations and types of the multiprocess protocol, as peers built on libmultiprocess know them: file id, names and
# ordinals are theirs, and every id below follows from them.

@0xcc316e3f71a040fb;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("mp");

using Swift = import "/swift.capnp";
$Swift.namespace("ProxyMessages");
$Swift.generatedIn("IPC");

annotation include(file): Text;
annotation includeTypes(file): Text;
# Headers for generated C++; nothing to Swift.

annotation wrap(interface, struct): Text;
# Name of the application type behind an interface or struct. For Swift, what follows the last `::` names the protocol or
# struct; `ProxyCallback<…>` stands for a closure.

annotation count(param, struct, interface): Int32;
# How many application parameters one schema parameter stands for, when not one. 0: filled in by the framework.

annotation exception(param): Text;
# A result that carries an error: when set, the call throws instead of returning.

annotation name(field, method): Text;
# Name on the C++ side, where it differs. Swift uses the name in the schema.

annotation skip(field): Void;
# Same as count(0).

interface ThreadMap $count(0) {
    # Lets the peer choose which of our threads runs a call, so that calls of one caller keep their order.

    makeThread @0 (name :Text) -> (result :Thread);
    # A new queue of calls, alive until its capability is released.

    makePool @1 (count :UInt32) -> ();
    # Workers for calls that name no thread.
}

interface Thread {
    # One queue of calls.

    getName @0 () -> (result: Text);
}

struct Context $count(0) {
    # Where a call runs, and where calls that it makes back to its caller run.

    thread @0 : Thread;
    # A thread of the callee's, on which to run this call.

    callbackThread @1 : Thread;
    # A thread of the caller's, on which it serves callbacks meanwhile.
}
