import Testing

@testable import TerminalUI

struct DisplayTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("tab\tnew\nline", "tab new line"), ("\u{1b}[31mred", "?[31mred"),
        ("a\u{202e}b", "a?b"), ("zero\u{200b}width", "zero?width"), ("\u{7}bell\u{9b}", "?bell?"),
        ("e\u{301}\u{301}\u{301}\u{301}", "e\u{301}\u{301}"), ("\u{301}x", "?x"), ("❤\u{fe0f}", "❤"),
        ("tag\u{e0041}", "tag?"), ("発送", "発送"),
    ])
    func dangerousCharactersAreReplaced(_ text: String, _ expected: String) {
        #expect(DisplayText.clean(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test func textBeyondAsciiBecomesQuestionMarksWhereThereIsNoUnicode() {
        #expect(DisplayText.clean("é発☕x", isUnicode: false) == "???x")
    }

    @Test func wideCharactersTakeTwoColumns() {
        #expect(DisplayText.width("発送 wide") == 9)
        #expect(DisplayText.width("☕") == 2)
        #expect(DisplayText.width("e\u{301}é●─") == 4)
    }

    @Test func longTextIsCutWithAMark() {
        #expect(DisplayText.fit("abcdef", columns: 4) == "abc…")
        #expect(DisplayText.fit("発送発送", columns: 4) == "発…")
        #expect(DisplayText.fit("abc", columns: 3) == "abc")
        #expect(DisplayText.fit("abc", columns: 0) == "")
        #expect(DisplayText.fitMiddle("0123456789", columns: 7) == "012…789")
    }

    @Test func linesAreBrokenAtSpaces() {
        #expect(DisplayText.wrap("one two three", columns: 7) == ["one two", "three"])
        #expect(DisplayText.wrap("abcdefghij", columns: 4) == ["abcd", "efgh", "ij"])
        #expect(DisplayText.wrap("発", columns: 1) == [])
    }
}

struct NumberTextTests {
    @Test(arguments: [
        (523_485_618_732, "5 234.856 187 32"), (0, "0.000 000 00"), (-1, "-0.000 000 01"),
        (2_100_000_000_000_000, "21 000 000.000 000 00"), (Int64.min, "-92 233 720 368.547 758 08"),
    ])
    func amountsAreInGroups(_ satoshi: Int64, _ text: String) { #expect(NumberText.bitcoin(satoshi) == text) }

    @Test func gainsHaveAPlus() {
        #expect(NumberText.bitcoin(5, isSigned: true) == "+0.000 000 05")
        #expect(NumberText.bitcoin(0, isSigned: true) == "0.000 000 00")
    }

    @Test func numbersAreInGroups() {
        #expect(NumberText.grouped(1234567) == "1 234 567")
        #expect(NumberText.grouped(-100) == "-100")
        #expect(NumberText.grouped(UInt64.max) == "18 446 744 073 709 551 615")
    }

    @Test func sizesHaveUnits() {
        #expect(NumberText.bytes(412) == "412 B")
        #expect(NumberText.bytes(260_808) == "261 kB")
        #expect(NumberText.bytes(1_205) == "1.2 kB")
        #expect(NumberText.bytes(700_000_000_000) == "700 GB")
    }

    @Test func difficultiesHaveThreeDigits() {
        #expect(NumberText.difficulty(4.656542373906925e-10) == "4.66e-10")
        #expect(NumberText.difficulty(1) == "1.00")
        #expect(NumberText.difficulty(110_451_907_374_649) == "1.10e14")
        #expect(NumberText.difficulty(.nan) == "0")
        #expect(NumberText.fixed(.infinity, decimals: 2) == "huge")
    }
}

struct TimeTextTests {
    @Test func datesAreOfTheCalendar() {
        #expect(TimeText.full(0, .utc) == "1970-01-01 00:00")
        #expect(TimeText.full(1_700_103_937, .utc) == "2023-11-16 03:05")
        #expect(TimeText.full(951_782_400, .utc) == "2000-02-29 00:00")
        #expect(TimeText.full(-1, .utc) == "1969-12-31 23:59")
        #expect(TimeText.full(.max, .utc) == "1970-01-01 00:00")
    }

    @Test func timeZonesChange() {
        let zone = LocalTime(changes: [(0, 3600), (1_000_000, 7200)])
        #expect(TimeText.full(0, zone) == "1970-01-01 01:00")
        #expect(TimeText.full(1_000_000, zone) == "1970-01-12 15:46")
    }

    @Test func agesAreNoFinerThanAMinute() {
        #expect(
            [0, 59, 60, 7199, 7200, 172_800, 100_000_000].map { TimeText.age($0) }
                == ["<1 min", "<1 min", "1 min", "119 min", "2 h", "2 d", "3 y"])
    }

    @Test func datesShortenWithTheirDistance() {
        let now: Int64 = 1_700_104_190
        #expect(TimeText.brief(now - 60, now: now, .utc) == "03:08")
        #expect(TimeText.brief(now - 86_400, now: now, .utc) == "11-15")
        #expect(TimeText.brief(now - 400 * 86_400, now: now, .utc) == "2022")
        #expect(TimeText.short(now - 400 * 86_400, now: now, .utc) == "2022-10-12")
    }
}

struct JSONTextTests {
    @Test func valuesKeepTheirTextAndOrder() {
        let text = #"{"b":1.10,"a":[true,null,"x\n\u00e9\ud83d\ude00"],"e":{},"f":[]}"#
        let value = JSONText(text)
        #expect(
            value?.lines() == [
                "{", "  \"b\": 1.10,", "  \"a\": [", "    true,", "    null,", "    \"x\\né😀\"", "  ],", "  \"e\": {},",
                "  \"f\": []", "}",
            ])
    }

    @Test(arguments: ["", "{", "[1,", "{\"a\"}", "\"x", "nul", "1 2", "+1", "[1]]", "\"\\u12\"", "{1:2}"])
    func whatIsNoJSONIsRefused(_ text: String) { #expect(JSONText(text) == nil) }

    @Test func deepNestingIsRefused() {
        #expect(JSONText(String(repeating: "[", count: 100_000)) == nil)
    }
}

struct CommandWordsTests {
    @Test func argumentsBecomeJSON() {
        let words = CommandWords.split(#"getblock abc 2 true '{"a":1}' "5" 'two words'"#)
        #expect(
            CommandWords.request(method: words[0].text, arguments: Array(words.dropFirst()))
                == #"{"jsonrpc":"2.0","id":1,"method":"getblock","params":["abc",2,true,{"a":1},"5","two words"]}"#)
    }

    @Test func namedArgumentsBecomeAnObject() {
        let words = CommandWords.split("createwallet wallet_name=x blank=true")
        #expect(
            CommandWords.request(method: "createwallet", arguments: Array(words.dropFirst()))
                == #"{"jsonrpc":"2.0","id":1,"method":"createwallet","params":{"wallet_name":"x","blank":true}}"#)
    }

    @Test func passphrasesAreHiddenWhileTyped() {
        #expect(CommandWords.shown("rpc walletpassphrase hunter2 60") == "rpc walletpassphrase (hidden)")
        #expect(CommandWords.shown("rpc getblock x") == "rpc getblock x")
    }
}
