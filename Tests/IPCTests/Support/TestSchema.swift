/// The tests' interfaces for Cap'n Proto tools; `ThreadMap`, `Thread` and `Context` are those of `mp/proxy.capnp`.
enum TestSchema {
    static let text = """
        @0x8d6e0fae6a3b1c55;

        interface ThreadMap @0xee5e37179ad9dc9d {
            makeThread @0 (name :Text) -> (result :Thread);
            makePool @1 (count :UInt32) -> ();
        }
        interface Thread @0x81c1e2600d0b56c5 {
            getName @0 () -> (result :Text);
        }
        struct Context @0x9c44e6645d0b22c6 {
            thread @0 :Thread;
            callbackThread @1 :Thread;
        }
        interface TestInit @0xa1e10f6c9d3b5501 {
            construct @0 (threadMap :ThreadMap) -> (threadMap :ThreadMap);
            makeEcho @1 (context :Context) -> (result :TestEcho);
        }
        interface TestEcho @0xa1e10f6c9d3b5502 {
            destroy @0 (context :Context) -> ();
            echo @1 (context :Context, text :Text) -> (result :Text);
            relay @2 (context :Context, text :Text, callback :TestCallback) -> (result :Text);
            fail @3 (context :Context, text :Text) -> (result :Text);
            hold @4 (context :Context, text :Text) -> (result :Text);
            ping @5 (text :Text) -> (result :Text);
            same @6 (context :Context, object :TestEcho) -> (result :TestEcho);
        }
        interface TestCallback @0xa1e10f6c9d3b5503 {
            destroy @0 (context :Context) -> ();
            call @1 (context :Context, text :Text) -> (result :Text);
        }

        """
}
