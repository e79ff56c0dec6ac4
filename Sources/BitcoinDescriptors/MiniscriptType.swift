/// The properties of a miniscript expression, each a letter, as the BIP379 writes them.
///
/// What an expression leaves on the stack: `B` a value, `V` nothing, `K` a key to be checked, `W` a value under the
/// top. What it takes: `z` no items, `o` one, `n` a top that is not zero. `d`: it can be dissatisfied, `u`: it
/// leaves exactly 1. For malleability: `e` its dissatisfaction is unique, `f` no dissatisfaction without signature,
/// `s` no satisfaction without signature, `m` a satisfaction exists that nobody can change. `x`: its last opcode has
/// no verifying form. Lock times in it: `g` relative time, `h` relative height, `i` absolute time, `j` absolute
/// height, and `k`: no way to satisfy it mixes time and height.
package struct MiniscriptType: OptionSet, Hashable, Sendable, ExpressibleByStringLiteral {
    /// One bit for each letter.
    package let rawValue: UInt32

    /// Takes the bits as they are.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The properties of these letters; other letters mean nothing.
    package init(stringLiteral letters: String) {
        var bits: UInt32 = 0
        for letter in letters.utf8 {
            guard let position = Self.letters.firstIndex(of: letter) else { continue }
            bits |= 1 << UInt32(position)
        }
        rawValue = bits
    }

    private static let letters = Array("BVKWzondufesmxghijk".utf8)

    /// These properties if a condition holds, else none.
    fileprivate func when(_ condition: Bool) -> MiniscriptType { condition ? self : [] }
}

private typealias Properties = MiniscriptType

extension MiniscriptType {
    /// The type of a node, given the types of its arguments; empty when they do not fit together (BIP379).
    static func of(
        _ fragment: Miniscript.Fragment, _ arguments: [MiniscriptType], _ context: Miniscript.Context
    ) -> MiniscriptType {
        let properties = ofStructure(fragment, arguments, context)
        // Without one of the four basic types nothing else about an expression matters.
        return properties.isDisjoint(with: "BVKW") ? [] : properties.union(lockTimes(fragment, arguments))
    }

    private static func ofStructure(
        _ fragment: Miniscript.Fragment, _ arguments: [MiniscriptType], _ context: Miniscript.Context
    ) -> MiniscriptType {
        switch fragment {
        case .pkK: "Konudemsx"
        case .pkH: "Knudemsx"
        case .older, .after: "Bzfmx"
        case .sha256, .hash256, .ripemd160, .hash160: "Bonudm"
        case .true_: "Bzufmx"
        case .false_: "Bzudemsx"
        case .multi: "Bnudems"
        case .multiA: "Budems"
        case .a, .s, .c, .d, .v, .j, .n: ofWrapper(fragment, arguments[0], context)
        case .andV, .andB, .orB, .orC, .orD, .orI: ofPair(fragment, arguments[0], arguments[1])
        case .andOr: ofChoice(arguments[0], arguments[1], arguments[2])
        case .thresh(let threshold): ofThreshold(threshold, arguments)
        }
    }

    private static func ofWrapper(
        _ wrapper: Miniscript.Fragment, _ x: MiniscriptType, _ context: Miniscript.Context
    ) -> MiniscriptType {
        switch wrapper {
        case .a:
            return Properties("W").when(x.contains("B")).union(x.intersection("udfems")).union("x")
        case .s:
            return Properties("W").when(x.contains("Bo")).union(x.intersection("udfemsx"))
        case .c:
            return Properties("B").when(x.contains("K")).union(x.intersection("ondfem")).union("us")
        case .d:
            // Segwit version 0 leaves it to policy that the argument of OP_IF is exactly 1.
            return Properties("B").when(x.contains("Vz")).union(Properties("o").when(x.contains("z")))
                .union(Properties("e").when(x.contains("f"))).union(x.intersection("ms")).union("ndx")
                .union(Properties("u").when(context == .tapscript))
        case .v:
            return Properties("V").when(x.contains("B")).union(x.intersection("zonms")).union("fx")
        case .j:
            return Properties("B").when(x.contains("Bn")).union(Properties("e").when(x.contains("f")))
                .union(x.intersection("oums")).union("ndx")
        default:
            return x.intersection("Bzondfems").union("ux")
        }
    }

    private static func ofPair(
        _ pair: Miniscript.Fragment, _ x: MiniscriptType, _ y: MiniscriptType
    ) -> MiniscriptType {
        let either = x.union(y)
        let both = x.intersection(y)
        // One takes nothing and the other one item.
        let takesOne = either.intersection("o").when(either.contains("z"))
        // Satisfying one half may mean dissatisfying the other, which must be unique and without a free choice.
        let choosesSafely = both.intersection("m").when(either.contains("s") && x.contains("e"))
        switch pair {
        case .andV:
            return y.intersection("KVB").when(x.contains("V"))
                .union(x.intersection("n")).union(y.intersection("n").when(x.contains("z")))
                .union(takesOne).union(both.intersection("mz")).union(either.intersection("s"))
                .union(Properties("f").when(y.contains("f") || x.contains("s"))).union(y.intersection("ux"))
        case .andB:
            let isForced = both.contains("f") || x.contains("sf") || y.contains("sf")
            return x.intersection("B").when(y.contains("W"))
                .union(x.intersection("n")).union(y.intersection("n").when(x.contains("z")))
                .union(takesOne).union(both.intersection("e").when(both.contains("s")))
                .union(both.intersection("dzm")).union(Properties("f").when(isForced))
                .union(either.intersection("s")).union("ux")
        case .orB:
            return Properties("B").when(x.contains("Bd") && y.contains("Wd"))
                .union(takesOne).union(choosesSafely.when(y.contains("e"))).union(both.intersection("zse"))
                .union("dux")
        case .orC:
            return y.intersection("V").when(x.contains("Bdu"))
                .union(x.intersection("o").when(y.contains("z"))).union(choosesSafely)
                .union(both.intersection("zs")).union("fx")
        case .orD:
            return y.intersection("B").when(x.contains("Bdu"))
                .union(x.intersection("o").when(y.contains("z"))).union(choosesSafely)
                .union(both.intersection("zs")).union(y.intersection("ufde")).union("x")
        default:
            return both.intersection("VBKufs").union(Properties("o").when(both.contains("z")))
                .union(either.intersection("e").when(either.contains("f")))
                .union(both.intersection("m").when(either.contains("s")))
                .union(either.intersection("d")).union("x")
        }
    }

    /// `andor(x,y,z)`: y if x is satisfied, else z.
    private static func ofChoice(_ x: MiniscriptType, _ y: MiniscriptType, _ z: MiniscriptType) -> MiniscriptType {
        let outcomes = y.intersection(z)
        let xOrOutcomes = x.union(outcomes)
        let isSafeAfterX = x.contains("s") || y.contains("f")
        return outcomes.intersection("BKV").when(x.contains("Bdu"))
            .union(x.intersection(outcomes).intersection("z"))
            .union(xOrOutcomes.intersection("o").when(xOrOutcomes.contains("z")))
            .union(outcomes.intersection("u")).union(z.intersection("f").when(isSafeAfterX))
            .union(z.intersection("d")).union(z.intersection("e").when(isSafeAfterX))
            .union(
                x.intersection(outcomes).intersection("m")
                    .when(x.contains("e") && x.union(y).union(z).contains("s"))
            )
            .union(z.intersection(x.union(y)).intersection("s")).union("x")
    }

    private static func ofThreshold(_ threshold: Int, _ arguments: [MiniscriptType]) -> MiniscriptType {
        for (position, argument) in arguments.enumerated() {
            guard argument.contains(position == 0 ? "Bdu" : "Wdu") else { return [] }
        }
        let taken = arguments.reduce(0) { $0 + ($1.contains("z") ? 0 : $1.contains("o") ? 1 : 2) }
        let areUnique = arguments.allSatisfy { $0.contains("e") }
        let areFixed = arguments.allSatisfy { $0.contains("m") }
        let signed = arguments.count { $0.contains("s") }
        let unneeded = arguments.count - threshold
        return Properties("Bdu").union(Properties("z").when(taken == 0)).union(Properties("o").when(taken == 1))
            .union(Properties("e").when(areUnique && signed == arguments.count))
            .union(Properties("m").when(areUnique && areFixed && signed >= unneeded))
            .union(Properties("s").when(signed > unneeded))
    }

    /// The lock times in an expression, and whether some way to satisfy it mixes time and height.
    private static func lockTimes(
        _ fragment: Miniscript.Fragment, _ arguments: [MiniscriptType]
    ) -> MiniscriptType {
        switch fragment {
        case .older(let value): return value & 1 << 22 != 0 ? "gk" : "hk"
        case .after(let value): return value >= 500_000_000 ? "ik" : "jk"
        default: break
        }
        let kinds = arguments.reduce(MiniscriptType()) { $0.union($1.intersection("ghij")) }
        let isUnmixed = arguments.allSatisfy { $0.contains("k") }
        return kinds.union(Properties("k").when(isUnmixed && !mixesLockTimes(fragment, arguments)))
    }

    /// Whether two arguments that are satisfied together lock by time and by height.
    private static func mixesLockTimes(_ fragment: Miniscript.Fragment, _ arguments: [MiniscriptType]) -> Bool {
        let together: ArraySlice<MiniscriptType>
        switch fragment {
        case .andV, .andB: together = arguments[...]
        case .andOr: together = arguments.prefix(2)
        case .thresh(let threshold) where threshold > 1: together = arguments[...]
        default: return false
        }
        var seen = MiniscriptType()
        for argument in together {
            for (kind, other) in [("g", "h"), ("h", "g"), ("i", "j"), ("j", "i")] as [(MiniscriptType, MiniscriptType)]
            where seen.contains(kind) && argument.contains(other) {
                return true
            }
            seen.formUnion(argument.intersection("ghij"))
        }
        return false
    }
}
