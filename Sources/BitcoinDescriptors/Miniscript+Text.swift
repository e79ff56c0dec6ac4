import ByteCoding

extension Miniscript {
    /// The expression as text.
    ///
    /// - Parameters:
    ///   - keys: the texts of the keys by position.
    ///   - position: the node to begin with; the whole expression if not given.
    func text(keys: [String], from position: Int? = nil) -> String {
        var text = ""
        var pending: [Piece] = [.node(position ?? nodes.count - 1, isWrapped: false)]
        while let piece = pending.popLast() {
            switch piece {
            case .text(let part): text += part
            case .node(let position, let isWrapped):
                pending.append(contentsOf: pieces(of: nodes[position], isWrapped, keys).reversed())
            }
        }
        return text
    }

    private enum Piece {
        case text(String)
        /// A node, and whether wrappers stand before it, so that a colon must follow them.
        case node(Int, isWrapped: Bool)
    }

    private func pieces(of node: Node, _ isWrapped: Bool, _ keys: [String]) -> [Piece] {
        if let wrapper = wrapper(of: node) {
            return [.text(wrapper.letter), .node(wrapper.argument, isWrapped: true)]
        }
        let colon = isWrapped ? ":" : ""
        switch node.fragment {
        case .c:
            // Only around a key: anything else is a wrapper.
            if case .pkK(let key) = nodes[node.arguments[0]].fragment { return [.text("\(colon)pk(\(keys[key]))")] }
            if case .pkH(let key) = nodes[node.arguments[0]].fragment { return [.text("\(colon)pkh(\(keys[key]))")] }
            return []
        case .false_: return [.text(colon + "0")]
        case .true_: return [.text(colon + "1")]
        case .pkK(let key): return [.text("\(colon)pk_k(\(keys[key]))")]
        case .pkH(let key): return [.text("\(colon)pk_h(\(keys[key]))")]
        case .older(let value): return [.text("\(colon)older(\(value))")]
        case .after(let value): return [.text("\(colon)after(\(value))")]
        case .sha256(let hash): return [.text("\(colon)sha256(\(Hex.encode(hash)))")]
        case .hash256(let hash): return [.text("\(colon)hash256(\(Hex.encode(hash)))")]
        case .ripemd160(let hash): return [.text("\(colon)ripemd160(\(Hex.encode(hash)))")]
        case .hash160(let hash): return [.text("\(colon)hash160(\(Hex.encode(hash)))")]
        case .andV: return call("\(colon)and_v(", node.arguments)
        case .andB: return call("\(colon)and_b(", node.arguments)
        case .orB: return call("\(colon)or_b(", node.arguments)
        case .orC: return call("\(colon)or_c(", node.arguments)
        case .orD: return call("\(colon)or_d(", node.arguments)
        case .orI: return call("\(colon)or_i(", node.arguments)
        case .andOr:
            return isFalse(node.arguments[2])
                ? call("\(colon)and_n(", Array(node.arguments.prefix(2))) : call("\(colon)andor(", node.arguments)
        case .thresh(let threshold): return call("\(colon)thresh(\(threshold),", node.arguments)
        case .multi(let threshold, let positions):
            return [.text("\(colon)multi(\(threshold),\(positions.map { keys[$0] }.joined(separator: ",")))")]
        case .multiA(let threshold, let positions):
            return [.text("\(colon)multi_a(\(threshold),\(positions.map { keys[$0] }.joined(separator: ",")))")]
        case .a, .s, .d, .v, .j, .n: return []
        }
    }

    private func call(_ start: String, _ arguments: [Int]) -> [Piece] {
        var pieces = [Piece.text(start)]
        for (number, argument) in arguments.enumerated() {
            if number > 0 { pieces.append(.text(",")) }
            pieces.append(.node(argument, isWrapped: false))
        }
        return pieces + [.text(")")]
    }

    /// The letter and the argument of a node that is written as a wrapper.
    private func wrapper(of node: Node) -> (letter: String, argument: Int)? {
        switch node.fragment {
        case .a: return ("a", node.arguments[0])
        case .s: return ("s", node.arguments[0])
        case .d: return ("d", node.arguments[0])
        case .v: return ("v", node.arguments[0])
        case .j: return ("j", node.arguments[0])
        case .n: return ("n", node.arguments[0])
        case .c:
            switch nodes[node.arguments[0]].fragment {
            case .pkK, .pkH: return nil
            default: return ("c", node.arguments[0])
            }
        case .andV where nodes[node.arguments[1]].fragment == .true_: return ("t", node.arguments[0])
        case .orI where isFalse(node.arguments[0]): return ("l", node.arguments[1])
        case .orI where isFalse(node.arguments[1]): return ("u", node.arguments[0])
        default: return nil
        }
    }

    private func isFalse(_ position: Int) -> Bool { nodes[position].fragment == .false_ }
}
