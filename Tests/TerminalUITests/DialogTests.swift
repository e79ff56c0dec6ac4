import BitcoinInterfaces
import TerminalUI
import Testing

struct DialogTests {
    @Test func aWalletIsCreatedAsAsked() {
        var stage = Stage.live()
        stage.press(.character("2"), .character("n"))
        stage.type("watch q")
        stage.press(.tab, .character(" "), .tab, .character(" "), .enter)
        guard case .create("watch q", let options)? = stage.actions.last?.action else {
            Issue.record("nothing created")
            return
        }
        #expect(options == CreateWalletOptions(blank: true, disablePrivateKeys: true, avoidReuse: false))
        #expect(stage.text.contains("creating watch q"))
        stage.send(.finished(job: stage.actions[0].job, .done))
        #expect(stage.state.popups.isEmpty)
        #expect(stage.text.contains("watch q created"))
    }

    @Test func anErrorStaysInTheDialog() {
        var stage = Stage.live()
        stage.press(.character("2"), .character("n"))
        stage.type("main")
        stage.press(.enter)
        stage.send(.finished(job: stage.actions[0].job, .failed("a wallet \"main\" exists")))
        #expect(stage.text.contains("! a wallet \"main\" exists"))
        stage.press(.escape)
        #expect(stage.state.popups.isEmpty)
    }

    @Test func destructiveQuestionsBeginAtCancel() {
        var stage = Stage.live()
        stage.press(.character("2"), .character("d"), .enter)
        #expect(stage.actions.isEmpty)
        #expect(stage.state.popups.isEmpty)
        stage.press(.function(10), .enter)
        #expect(stage.actions.isEmpty)
        stage.press(.character("d"), .left, .enter)
        guard case .detach("main")? = stage.actions.last?.action else {
            Issue.record("not detached")
            return
        }
    }

    @Test func walletsOnDiskAttachAtOnce() {
        var stage = Stage.live()
        stage.press(.character("2"), .end, .up, .enter)
        guard case .attach("multisig")? = stage.actions.last?.action else {
            Issue.record("not attached")
            return
        }
        #expect(stage.text.contains("attaching multisig"))
    }

    @Test func theMenuDoesWhatItsKeysDo() {
        var stage = Stage.live()
        stage.press(.character("2"), .enter)
        #expect(stage.text.contains("┌─ main"))
        stage.press(.enter)
        #expect(stage.state.screen == .transactions)
        #expect(stage.state.currentWallet == "main")
    }

    @Test func pastedTextIsNeverTakenAsKeys() {
        var stage = Stage.live()
        stage.send(.input(.paste("q\nq")))
        #expect(stage.state.exit == nil)
        stage.press(.character("2"), .character("i"))
        stage.send(.input(.paste("wpkh(xpub)#abc\nq")))
        #expect(stage.text.contains("wpkh(xpub)#abc q"))
        stage.press(.enter)
        guard case .rpc(let request, let uri)? = stage.actions.last?.action else {
            Issue.record("no import")
            return
        }
        #expect(request.contains(#""desc":"wpkh(xpub)#abc q","timestamp":0"#))
        #expect(uri == "/wallet/main")
    }

    @Test func blocksAreMinedOnRegtestOnly() {
        var stage = Stage.live()
        stage.press(.character(":"))
        stage.type("mine 101 raw(51)#abc")
        stage.press(.enter)
        guard case .rpc(let request, "/")? = stage.actions.last?.action else {
            Issue.record("not mined")
            return
        }
        #expect(request.contains(#""generatetodescriptor","params":[101,"raw(51)#abc"]"#))
        stage.send(.finished(job: stage.actions[0].job, .response(#"{"result":["00"],"error":null,"id":1}"#)))
        #expect(stage.text.contains("101 blocks mined"))
    }
}

struct PassphraseTests {
    private let passphrase = "correct horse battery staple"

    private func containsPart(_ stage: Stage) -> Bool {
        let text = stage.text + stage.picture(frames: .ascii).grid.lines.joined()
        return passphrase.split(separator: " ").contains { text.contains($0) }
    }

    @Test func aPassphraseIsInNoPictureMessageOrDump() async throws {
        var stage = Stage.live()
        stage.press(.character("2"), .down, .down, .character("u"))
        for character in passphrase {
            stage.press(.character(character))
            #expect(!containsPart(stage))
        }
        var dumped = ""
        dump(stage.state, to: &dumped)
        #expect(!dumped.contains("battery"))
        stage.press(.tab, .enter)
        #expect(!containsPart(stage))
        guard case .unlock(wallet: "encrypted", let secret, seconds: 300)? = stage.actions.last?.action else {
            Issue.record("not unlocked")
            return
        }
        let sent = await secret.consume { String(decoding: $0, as: UTF8.self) }
        #expect(sent == passphrase)
        #expect(secret.isEmpty)
        stage.send(.finished(job: stage.actions[0].job, .failed("the passphrase is wrong")))
        #expect(stage.text.contains("the passphrase is wrong"))
        #expect(stage.text.contains("(nothing typed)"))
    }

    @Test func aCancelledPassphraseIsWiped() {
        var stage = Stage.live()
        stage.press(.character("2"), .down, .down, .character("u"))
        stage.type("secret")
        guard case .dialog(let dialog)? = stage.state.popups.last,
            case .secret(let secret) = dialog.fields[0].content
        else {
            Issue.record("no dialog")
            return
        }
        stage.press(.escape)
        #expect(secret.isEmpty)
    }

    @Test func passphrasesDoNotGoThroughTheCommandLine() {
        var stage = Stage.live()
        stage.press(.character(":"))
        stage.type("rpc walletpassphrase battery 60")
        #expect(!stage.text.contains("battery"))
        stage.press(.enter)
        #expect(stage.actions.isEmpty)
        #expect(stage.state.history.isEmpty)
        #expect(!stage.text.contains("battery"))
    }

    @Test func backspaceRemovesWholeCharacters() async {
        let secret = Secret()
        secret.append("aé")
        secret.removeLast()
        #expect("\(secret)" == "(hidden)")
        #expect(await secret.consume { $0 } == [0x61])
    }
}
