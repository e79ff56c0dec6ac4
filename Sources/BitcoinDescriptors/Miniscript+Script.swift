package import BitcoinCrypto
package import BitcoinPrimitives
import BitcoinScript

extension Miniscript {
    /// The script of the expression.
    ///
    /// - Parameter keys: the keys by position. In tapscript only their x coordinates are used.
    package func script(keys: [PublicKey]) -> Script {
        var writer = ScriptWriter(nodes: nodes, context: context, keys: keys)
        return writer.write()
    }

    /// The number of bytes of a node's script.
    static func scriptSize(of fragment: Fragment, _ arguments: [Node], _ context: Context) -> Int {
        let inner = arguments.reduce(0) { $0 + $1.scriptSize }
        switch fragment {
        case .true_, .false_: return 1
        case .pkK: return context == .tapscript ? 33 : 34
        case .pkH: return 24
        case .older(let value), .after(let value): return 1 + numberSize(Int(value))
        case .sha256, .hash256: return 39
        case .ripemd160, .hash160: return 27
        case .multi(let threshold, let keys):
            return 1 + numberSize(keys.count) + numberSize(threshold) + 34 * keys.count
        case .multiA(let threshold, let keys): return 34 * keys.count + numberSize(threshold) + 1
        case .andV: return inner
        case .v: return inner + (arguments[0].type.contains("x") ? 1 : 0)
        case .s, .c, .n, .andB, .orB: return inner + 1
        case .a, .orC: return inner + 2
        case .d, .orD, .orI, .andOr: return inner + 3
        case .j: return inner + 4
        case .thresh(let threshold): return inner + arguments.count + numberSize(threshold)
        }
    }
}

/// Writes a script from front to back with a list of what is still to be written.
private struct ScriptWriter {
    /// What is to be written.
    enum Item {
        case opcode(Opcode)
        case push([UInt8])
        case number(Int)
        /// A node, and whether its last opcode is to be the verifying form of itself.
        case node(Int, verify: Bool)
    }

    let nodes: [Miniscript.Node]
    let context: Miniscript.Context
    let keys: [PublicKey]
    var builder = ScriptBuilder()

    mutating func write() -> Script {
        var pending: [Item] = [.node(nodes.count - 1, verify: false)]
        while let item = pending.popLast() {
            switch item {
            case .opcode(let opcode): builder.append(opcode)
            case .push(let data): builder.push(data)
            case .number(let number): builder.push(number: Int64(number))
            case .node(let position, let verify):
                pending.append(contentsOf: items(of: nodes[position], verify: verify).reversed())
            }
        }
        return builder.script
    }

    private func items(of node: Miniscript.Node, verify: Bool) -> [Item] {
        let x = Item.node(node.arguments.first ?? 0, verify: false)
        let y = Item.node(node.arguments.count > 1 ? node.arguments[1] : 0, verify: false)
        let z = Item.node(node.arguments.count > 2 ? node.arguments[2] : 0, verify: false)
        switch node.fragment {
        case .false_: return [.opcode(.push0)]
        case .true_: return [.opcode(.push1)]
        case .pkK(let key): return [.push(keyBytes(key))]
        case .pkH(let key):
            return [.opcode(.dup), .opcode(.hash160), .push(HASH160.hash(keyBytes(key))), .opcode(.equalVerify)]
        case .older(let value): return [.number(Int(value)), .opcode(.checkSequenceVerify)]
        case .after(let value): return [.number(Int(value)), .opcode(.checkLockTimeVerify)]
        case .sha256(let hash): return preimage(.sha256, hash, verify)
        case .hash256(let hash): return preimage(.hash256, hash, verify)
        case .ripemd160(let hash): return preimage(.ripemd160, hash, verify)
        case .hash160(let hash): return preimage(.hash160, hash, verify)
        case .a: return [.opcode(.toAltStack), x, .opcode(.fromAltStack)]
        case .s: return [.opcode(.swap), .node(node.arguments[0], verify: verify)]
        case .c: return [x, .opcode(verify ? .checkSigVerify : .checkSig)]
        case .d: return [.opcode(.dup), .opcode(.if), x, .opcode(.endIf)]
        case .v:
            let inner = Item.node(node.arguments[0], verify: true)
            return nodes[node.arguments[0]].type.contains("x") ? [inner, .opcode(.verify)] : [inner]
        case .j: return [.opcode(.size), .opcode(.notEqual0), .opcode(.if), x, .opcode(.endIf)]
        case .n: return [x, .opcode(.notEqual0)]
        case .andV: return [x, .node(node.arguments[1], verify: verify)]
        case .andB: return [x, y, .opcode(.boolAnd)]
        case .orB: return [x, y, .opcode(.boolOr)]
        case .orC: return [x, .opcode(.notIf), y, .opcode(.endIf)]
        case .orD: return [x, .opcode(.ifDup), .opcode(.notIf), y, .opcode(.endIf)]
        case .orI: return [.opcode(.if), x, .opcode(.else), y, .opcode(.endIf)]
        case .andOr: return [x, .opcode(.notIf), z, .opcode(.else), y, .opcode(.endIf)]
        case .thresh(let threshold):
            var items: [Item] = []
            for (number, argument) in node.arguments.enumerated() {
                items.append(.node(argument, verify: false))
                if number > 0 { items.append(.opcode(.add)) }
            }
            return items + [.number(threshold), .opcode(verify ? .equalVerify : .equal)]
        case .multi(let threshold, let keys):
            return [.number(threshold)] + keys.map { .push(keyBytes($0)) }
                + [.number(keys.count), .opcode(verify ? .checkMultiSigVerify : .checkMultiSig)]
        case .multiA(let threshold, let keys):
            let checks = keys.enumerated().flatMap { number, key in
                [Item.push(keyBytes(key)), .opcode(number == 0 ? .checkSig : .checkSigAdd)]
            }
            return checks + [.number(threshold), .opcode(verify ? .numEqualVerify : .numEqual)]
        }
    }

    private func preimage(_ opcode: Opcode, _ hash: [UInt8], _ verify: Bool) -> [Item] {
        [
            .opcode(.size), .number(32), .opcode(.equalVerify), .opcode(opcode), .push(hash),
            .opcode(verify ? .equalVerify : .equal),
        ]
    }

    private func keyBytes(_ position: Int) -> [UInt8] {
        context == .tapscript ? keys[position].xOnly.bytes : keys[position].bytes
    }
}
