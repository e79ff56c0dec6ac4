import BitcoinDescriptors
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Foundation
import TestData
import Testing

struct ScriptTests {
    private func script(_ hex: String) throws -> Script { try #require(Script(hex: hex)) }

    @Test(arguments: [
        (Int64(0), ""), (1, "01"), (-1, "81"), (127, "7f"), (128, "8000"), (-128, "8080"), (255, "ff00"), (256, "0001"),
        (-32768, "008080"), (0x7fff_ffff, "ffffff7f"), (-0x7fff_ffff, "ffffffff"), (0x8000_0000, "0000008000"),
    ])
    func numbersHaveOneForm(value: Int64, hex: String) throws {
        #expect(Hex.encode(ScriptNumber.encode(value)) == hex)
        #expect(try ScriptNumber.decode(Hex.decode(hex), maxCount: 5) == value)
    }

    @Test func numbersInOtherFormsAreRefused() throws {
        for hex in ["00", "80", "0100", "0180", "ff0000"] {
            let bytes = try Hex.decode(hex)
            #expect(throws: ScriptFormatError.nonMinimalNumber) { _ = try ScriptNumber.decode(bytes) }
            _ = try ScriptNumber.decode(bytes, requireMinimal: false)
        }
        #expect(throws: ScriptFormatError.numberTooLong) { _ = try ScriptNumber.decode([1, 2, 3, 4, 5]) }
        #expect(try ScriptNumber.decode([UInt8](repeating: 0xff, count: 8), maxCount: 8) == -Int64.max)
    }

    @Test func pushesTakeTheShortestLength() throws {
        for (count, prefix) in [
            (0, "00"), (75, "4b"), (76, "4c4c"), (255, "4cff"), (256, "4d0001"), (65536, "4e00000100"),
        ] {
            var builder = ScriptBuilder()
            builder.push([UInt8](repeating: 7, count: count))
            #expect(builder.script.hex.hasPrefix(prefix))
            let instructions = try builder.script.instructions()
            #expect(instructions.count == 1)
            #expect(instructions[0].data.count == count)
            #expect(instructions[0].isMinimalPush)
        }
        var builder = ScriptBuilder()
        for number in [-1, 0, 1, 16, 17] as [Int64] { builder.push(number: number) }
        #expect(builder.script.hex == "4f0051600111")
    }

    @Test(arguments: ["4c", "4d00", "4e000000", "01", "4b00", "4effffffff00"])
    func pushesBeyondTheEndThrow(hex: String) throws {
        let script = try script(hex)
        #expect(throws: ScriptFormatError.truncatedPush) { _ = try script.instructions() }
        #expect(!script.isPushOnly())
        #expect(!script.hasValidOpcodes)
        #expect(script.assembly() == "[error]")
        #expect(script.template == .nonstandard)
        #expect(script.signatureOperationCount(accurate: true) == 0)
    }

    @Test func templatesTellShapesApart() throws {
        let key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        for (hex, name) in [
            ("21\(key)ac", "pubkey"), ("5121\(key)51ae", "multisig"), ("5221\(key)21\(key)52ae", "multisig"),
            ("5221\(key)51ae", "nonstandard"), ("0121\(key)51ae", "nonstandard"), ("5121\(key)52ae", "nonstandard"),
            ("6a", "nulldata"), ("6a0401020304", "nulldata"), ("6a04", "nonstandard"), ("6aac", "nonstandard"),
            ("", "nonstandard"), ("51", "nonstandard"), ("0010\(String(repeating: "00", count: 16))", "nonstandard"),
            ("5110\(String(repeating: "00", count: 16))", "witness_unknown"), ("51024e73", "anchor"),
            ("21\(String(repeating: "05", count: 33))ac", "nonstandard"),
            // Core takes the number 17 as data, but only in its shortest form.
            ("0111" + String(repeating: "21\(key)", count: 17) + "0111ae", "multisig"),
            ("0102" + String(repeating: "21\(key)", count: 2) + "0102ae", "nonstandard"),
        ] {
            #expect(try script(hex).template.typeName == name, "\(hex)")
        }
    }

    @Test func signatureOperationsAreCountedAsCoreCountsThem() throws {
        let key = String(repeating: "02", count: 33)
        let multisig = try script("5221\(key)21\(key)52ae")
        #expect(multisig.signatureOperationCount(accurate: true) == 2)
        #expect(multisig.signatureOperationCount(accurate: false) == 20)
        #expect(try script("acadaeaf").signatureOperationCount(accurate: true) == 42)
        let output = Destination.payToScriptHash(of: multisig).scriptPubKey
        var input = ScriptBuilder()
        input.append(.push0)
        input.push(multisig.bytes)
        #expect(output.signatureOperationCount(spentBy: input.script) == 2)
        input.append(.checkSig)
        #expect(output.signatureOperationCount(spentBy: input.script) == 0)
        let witness = Destination.payToWitnessScriptHash(of: multisig).scriptPubKey
        #expect(witness.witnessSignatureOperationCount(scriptSig: Script(), witness: [[], multisig.bytes]) == 2)
        #expect(witness.witnessSignatureOperationCount(scriptSig: Script(), witness: []) == 0)
        let keyHash = Destination.witnessV0KeyHash([UInt8](repeating: 1, count: 20)).scriptPubKey
        #expect(keyHash.witnessSignatureOperationCount(scriptSig: Script(), witness: []) == 1)
        var nested = ScriptBuilder()
        nested.push(keyHash.bytes)
        let wrapped = Destination.payToScriptHash(of: keyHash).scriptPubKey
        #expect(wrapped.witnessSignatureOperationCount(scriptSig: nested.script, witness: []) == 1)
    }

    @Test func assemblyShowsNumbersOpcodesAndHashTypes() throws {
        #expect(
            try script("76a914008f37d8497d48c29539d8d73d289e83fe1af99088ac").assembly()
                == "OP_DUP OP_HASH160 008f37d8497d48c29539d8d73d289e83fe1af990 OP_EQUALVERIFY OP_CHECKSIG")
        #expect(
            try script("4f00516002e803ba bb".replacing(" ", with: "")).assembly()
                == "-1 0 1 16 1000 OP_CHECKSIGADD OP_UNKNOWN")
        let signature =
            "304502201d31f8e9e7a2bd5a1d0a9f9f9c8a7a5b8b9c0d1e2f30415263748596a7b8c9da022100"
            + "d31f8e9e7a2bd5a1d0a9f9f9c8a7a5b8b9c0d1e2f30415263748596a7b8c9daa"
        let input = try script("48" + signature + "83")
        #expect(input.assembly(decodingSignatures: true) == signature + "[SINGLE|ANYONECANPAY]")
        #expect(input.assembly() == signature + "83")
        let undefined = try script("48" + signature + "04")
        #expect(undefined.assembly(decodingSignatures: true) == signature + "04")
    }

    @Test func namesOfOpcodesGoBothWays() {
        for byte in UInt8(0x61)...0xba {
            let opcode = Opcode(rawValue: byte)
            #expect(opcode.name.hasPrefix("OP_"))
            #expect(Opcode(name: opcode.name) == opcode)
            #expect(Opcode(name: opcode.name.dropFirst(3)) == opcode)
        }
        #expect(Opcode(name: "OP_1") == nil)
        #expect(Opcode(name: "OP_PUSHDATA1") == nil)
        #expect(Opcode(name: "OP_RESERVED") == .reserved)
    }

    @Test func decodedBlocksLookAsCoreShowsThem() throws {
        guard let bytes = SharedFiles.unpacked("fixtures/core-regtest/facts.json.xz"),
            let facts = (try JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any],
            let blocks = facts["block_verbose"] as? [String: [String: Any]]
        else { return }
        for block in blocks.values {
            for case let row as [String: Any] in block["tx"] as? [Any] ?? [] {
                let transaction = try Transaction(decoding: Hex.decode(try #require(row["hex"] as? String)))
                #expect(transaction.id.description == row["txid"] as? String)
                #expect(transaction.witnessID.description == row["hash"] as? String)
                #expect(transaction.weight == row["weight"] as? Int)
                #expect(transaction.virtualSize == row["vsize"] as? Int)
                #expect(transaction.totalSize == row["size"] as? Int)
                let outputs = try #require(row["vout"] as? [[String: Any]])
                for (output, shown) in zip(transaction.outputs, outputs) {
                    try expect(output.scriptPubKey, looksLike: shown["scriptPubKey"])
                    #expect(output.value.bitcoinText == shown["value"] as? String)
                }
                let inputs = try #require(row["vin"] as? [[String: Any]])
                for (input, shown) in zip(transaction.inputs, inputs) where !transaction.isCoinbase {
                    let text = (shown["scriptSig"] as? [String: Any])?["asm"] as? String
                    #expect(input.scriptSig.assembly(decodingSignatures: true) == text)
                    if let spent = shown["prevout"] as? [String: Any] {
                        let hex = (spent["scriptPubKey"] as? [String: Any])?["hex"] as? String
                        try expect(try script(hex ?? ""), looksLike: spent["scriptPubKey"])
                    }
                }
            }
        }
    }

    private func expect(_ script: Script, looksLike shown: Any?) throws {
        let shown = try #require(shown as? [String: Any])
        #expect(script.hex == shown["hex"] as? String)
        #expect(script.assembly() == shown["asm"] as? String)
        #expect(script.template.typeName == shown["type"] as? String)
        #expect(Destination(scriptPubKey: script)?.address(on: .regtest) == shown["address"] as? String)
        #expect(Descriptor.infer(script, on: .regtest).description == shown["desc"] as? String)
    }
}
