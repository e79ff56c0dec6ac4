import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import ByteCoding
import Testing

/// The tree below a taproot output.
struct TaprootTreeTests {
    private let key: TestKey

    init() throws { key = try TestKey(number: 5) }

    private func error(_ program: [UInt8], _ witness: [[UInt8]]) -> ScriptError? {
        Spend(witness: witness, scriptPubKey: Script([0x51, 32] + program), amount: 1).error(.mandatory)
    }

    @Test(arguments: [0, 1, 2, 127, 128, 129])
    func pathsHaveAtMost128Steps(count: Int) throws {
        let script: [UInt8] = [0x51]
        var root = Taproot.leafHash(version: 0xc0, script: script[...])
        var path: [UInt8] = []
        for number in 0..<count {
            let node = SHA256d.hash([UInt8(number)])
            root = Taproot.branchHash(root, node)
            path += node.bytes
        }
        let output = try key.output(root)
        let control = [0xc0 | (output.isOdd ? 1 : 0)] + key.xOnly + path
        #expect(error(output.key, [script, control]) == (count <= 128 ? nil : .taprootWrongControlSize))
        guard (1...128).contains(count) else { return }
        var wrong = control
        wrong[wrong.count - 1] ^= 1
        #expect(error(output.key, [script, wrong]) == .witnessProgramMismatch)
        #expect(error(output.key, [script, Array(control.dropLast(32))]) == .witnessProgramMismatch)
    }

    /// Coins at such outputs are lost, which is no reason to refuse the block that makes them.
    @Test(arguments: [
        "eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34",
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30",
    ])
    func keysThatAreNoPointsSpendNothing(hex: String) throws {
        let noPoint = try Hex.decode(hex)
        #expect(error(noPoint, [[UInt8](repeating: 1, count: 64)]) == .schnorrSignature)
        #expect(error(noPoint, [[UInt8](repeating: 1, count: 63)]) == .schnorrSignatureSize)
        #expect(error(noPoint, [[0x51], [0xc0] + key.xOnly]) == .witnessProgramMismatch)
        // Nor do they as the internal key, whatever the leaf version.
        let output = try key.output(Taproot.leafHash(version: 0xc0, script: [0x51]))
        for version: UInt8 in [0xc0, 0xc1, 0x66] {
            #expect(error(output.key, [[0x51], [version] + noPoint]) == .witnessProgramMismatch)
        }
    }
}
