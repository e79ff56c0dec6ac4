import Testing

@testable import CapnpGenerator

/// Swift spellings of schema names, and the layout of code.
struct NamesTests {
    @Test func wordsOfSwiftAreEscaped() {
        #expect(SwiftNames.member("class") == "`class`")
        #expect(SwiftNames.member("self") == "self_" && SwiftNames.member("init") == "init_")
        #expect(SwiftNames.member("builder") == "builder_" && SwiftNames.value("builder") == "builder")
        #expect(SwiftNames.type("type") == "Type_" && SwiftNames.type("Reader") == "Reader_")
        #expect(
            SwiftNames.local("results") == "results_" && SwiftNames.local("in") == "in_"
                && SwiftNames.label("in") == "in")
    }

    @Test func literalsAreEscaped() {
        #expect(SwiftNames.literal("a\"b\\c\n\u{1}") == #""a\"b\\c\n\u{1}""#)
        #expect(SwiftNames.literal([0, 255] as [UInt8]) == "[0, 255]")
        #expect(SwiftNames.id(0xabc) == "0x0000000000000abc")
    }

    @Test func shortBodiesShareALine() {
        var printer = CodePrinter()
        printer.declarations([
            Declaration("let a: Int"), Declaration("let b: Int"),
            Declaration("func f()", comment: "Does.\n\nMore.", code: [.line("a"), .line("b")]),
            Declaration("var c: Int", code: [.line("a + b")]),
            Declaration("enum Nothing", members: []),
        ])
        #expect(
            printer.text == """
                let a: Int
                let b: Int

                /// Does.
                ///
                /// More.
                func f() {
                    a
                    b
                }

                var c: Int { a + b }
                enum Nothing {}

                """)
    }

    @Test func longCallsAreBroken() {
        var printer = CodePrinter()
        let argument = String(repeating: "x", count: 50)
        printer.code(CallLayout.call("f", ["a: \(argument)", "b: \(argument)"]))
        #expect(printer.text == "f(\n    a: \(argument),\n    b: \(argument)\n)\n")
    }
}
