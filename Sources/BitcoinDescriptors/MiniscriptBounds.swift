/// How much it can take to satisfy an expression and to dissatisfy it; nil where that is impossible.
struct MiniscriptBounds: Hashable, Sendable {
    /// A bound for each outcome.
    struct Outcomes: Hashable, Sendable {
        var satisfied: Int?
        var dissatisfied: Int?
    }

    /// What running a script does to the height of the stack.
    struct StackUse: Hashable, Sendable {
        /// How much lower the stack is at the end than at the start.
        var consumed: Int
        /// How much higher it gets on the way than it is at the end.
        var peak: Int

        /// One after the other.
        static func + (first: StackUse, second: StackUse) -> StackUse {
            StackUse(
                consumed: first.consumed + second.consumed, peak: max(second.peak, second.consumed + first.peak))
        }
    }

    /// Opcodes that count whichever way the script goes.
    var staticOperations: Int
    /// Keys checked by `OP_CHECKMULTISIG`, which count too.
    var operations: Outcomes
    /// Bytes of the witness.
    var witnessSize: Outcomes
    /// The stack when satisfied.
    var satisfiedStack: StackUse?
    /// The stack when dissatisfied.
    var dissatisfiedStack: StackUse?
}

extension MiniscriptBounds {
    /// The bounds of a node, given those of its arguments.
    static func of(
        _ fragment: Miniscript.Fragment, _ arguments: [Miniscript.Node], _ context: Miniscript.Context
    ) -> MiniscriptBounds {
        let inner = arguments.map(\.bounds)
        let stack = stackUse(fragment, inner)
        return MiniscriptBounds(
            staticOperations: ownOperations(fragment, arguments) + inner.reduce(0) { $0 + $1.staticOperations },
            operations: operations(fragment, inner.map(\.operations)),
            witnessSize: witnessSize(fragment, inner.map(\.witnessSize), context), satisfiedStack: stack.satisfied,
            dissatisfiedStack: stack.dissatisfied)
    }

    private static func ownOperations(_ fragment: Miniscript.Fragment, _ arguments: [Miniscript.Node]) -> Int {
        switch fragment {
        case .true_, .false_, .pkK, .andV: 0
        case .older, .after, .andB, .orB, .s, .c, .n, .multi: 1
        case .a, .orC: 2
        case .pkH, .orD, .orI, .andOr, .d: 3
        case .sha256, .hash256, .ripemd160, .hash160, .j: 4
        case .v: arguments[0].type.contains("x") ? 1 : 0
        case .multiA(_, let keys): keys.count + 1
        case .thresh: arguments.count
        }
    }

    private static func operations(_ fragment: Miniscript.Fragment, _ inner: [Outcomes]) -> Outcomes {
        switch fragment {
        case .multi(_, let keys): Outcomes(satisfied: keys.count, dissatisfied: keys.count)
        case .pkK, .pkH, .multiA: Outcomes(satisfied: 0, dissatisfied: 0)
        case .d, .j: Outcomes(satisfied: inner[0].satisfied, dissatisfied: 0)
        default: combined(fragment, inner, choice: (0, 0))
        }
    }

    private static func witnessSize(
        _ fragment: Miniscript.Fragment, _ inner: [Outcomes], _ context: Miniscript.Context
    ) -> Outcomes {
        let signature = context == .tapscript ? 66 : 73
        let key = context == .tapscript ? 33 : 34
        return switch fragment {
        case .pkK: Outcomes(satisfied: signature, dissatisfied: 1)
        case .pkH: Outcomes(satisfied: signature + key, dissatisfied: 1 + key)
        case .sha256, .hash256, .ripemd160, .hash160: Outcomes(satisfied: 33, dissatisfied: nil)
        case .multi(let threshold, _): Outcomes(satisfied: threshold * signature + 1, dissatisfied: threshold + 1)
        case .multiA(let threshold, let keys):
            Outcomes(satisfied: threshold * signature + keys.count - threshold, dissatisfied: keys.count)
        case .d: Outcomes(satisfied: sum(2, inner[0].satisfied), dissatisfied: 1)
        case .j: Outcomes(satisfied: inner[0].satisfied, dissatisfied: 1)
        default: combined(fragment, inner, choice: (2, 1))
        }
    }

    /// The rules that operations and witness sizes share: what must be done together is added, of what can be chosen
    /// the larger counts.
    ///
    /// - Parameter choice: what it costs to choose the first or the second half of `or_i`.
    private static func combined(
        _ fragment: Miniscript.Fragment, _ inner: [Outcomes], choice: (Int, Int)
    ) -> Outcomes {
        switch fragment {
        case .false_:
            return Outcomes(satisfied: nil, dissatisfied: 0)
        case .true_, .older, .after, .sha256, .hash256, .ripemd160, .hash160:
            return Outcomes(satisfied: 0, dissatisfied: nil)
        case .v:
            return Outcomes(satisfied: inner[0].satisfied, dissatisfied: nil)
        case .andV:
            return Outcomes(satisfied: sum(inner[0].satisfied, inner[1].satisfied), dissatisfied: nil)
        case .andB:
            return Outcomes(
                satisfied: sum(inner[0].satisfied, inner[1].satisfied),
                dissatisfied: sum(inner[0].dissatisfied, inner[1].dissatisfied))
        case .orB:
            return Outcomes(
                satisfied: larger(
                    sum(inner[0].satisfied, inner[1].dissatisfied), sum(inner[1].satisfied, inner[0].dissatisfied)),
                dissatisfied: sum(inner[0].dissatisfied, inner[1].dissatisfied))
        case .orC, .orD:
            let satisfied = larger(inner[0].satisfied, sum(inner[1].satisfied, inner[0].dissatisfied))
            let dissatisfied = sum(inner[0].dissatisfied, inner[1].dissatisfied)
            return Outcomes(satisfied: satisfied, dissatisfied: fragment == .orD ? dissatisfied : nil)
        case .orI:
            return Outcomes(
                satisfied: larger(sum(inner[0].satisfied, choice.0), sum(inner[1].satisfied, choice.1)),
                dissatisfied: larger(sum(inner[0].dissatisfied, choice.0), sum(inner[1].dissatisfied, choice.1)))
        case .andOr:
            return Outcomes(
                satisfied: larger(
                    sum(inner[0].satisfied, inner[1].satisfied), sum(inner[0].dissatisfied, inner[2].satisfied)),
                dissatisfied: sum(inner[0].dissatisfied, inner[2].dissatisfied))
        case .thresh(let threshold):
            // For every number of satisfied arguments so far the largest bound.
            var bounds: [Int?] = [0]
            for argument in inner {
                bounds = extend(bounds, argument.satisfied, argument.dissatisfied, sum, larger)
            }
            return Outcomes(satisfied: bounds[threshold], dissatisfied: bounds[0])
        default:
            return inner[0]
        }
    }

    private static func stackUse(
        _ fragment: Miniscript.Fragment, _ inner: [MiniscriptBounds]
    ) -> (satisfied: StackUse?, dissatisfied: StackUse?) {
        let push = StackUse(consumed: -1, peak: 0)
        let unary = StackUse(consumed: 0, peak: 0)
        let takeOne = StackUse(consumed: 1, peak: 1)
        let takeTwo = StackUse(consumed: 2, peak: 2)
        let satisfied = inner.map(\.satisfiedStack)
        let dissatisfied = inner.map(\.dissatisfiedStack)
        switch fragment {
        case .false_: return (nil, push)
        case .true_: return (push, nil)
        case .older, .after: return (push + unary, nil)
        case .pkK: return (push, push)
        case .pkH: return (push + unary + push + takeTwo, push + unary + push + takeTwo)
        case .sha256, .hash256, .ripemd160, .hash160: return (push + push + takeTwo + unary + push + takeOne, nil)
        case .multi(let threshold, let keys):
            let use = StackUse(consumed: threshold, peak: threshold + keys.count + 2)
            return (use, use)
        case .multiA(_, let keys):
            let use = StackUse(consumed: keys.count - 1, peak: keys.count)
            return (use, use)
        case .a, .n, .s: return (satisfied[0], dissatisfied[0])
        case .c: return (sum(satisfied[0], takeOne), sum(dissatisfied[0], takeOne))
        case .d: return (sum(push + takeOne, satisfied[0]), push + takeOne)
        case .v: return (sum(satisfied[0], takeOne), nil)
        case .j: return (sum(push + unary + takeOne, satisfied[0]), push + unary + takeOne)
        case .andV: return (sum(satisfied[0], satisfied[1]), nil)
        case .andB:
            return (
                sum(sum(satisfied[0], satisfied[1]), takeOne), sum(sum(dissatisfied[0], dissatisfied[1]), takeOne)
            )
        case .orB:
            let either = larger(sum(satisfied[0], dissatisfied[1]), sum(dissatisfied[0], satisfied[1]))
            return (sum(either, takeOne), sum(sum(dissatisfied[0], dissatisfied[1]), takeOne))
        case .orC:
            return (
                larger(sum(satisfied[0], takeOne), sum(sum(dissatisfied[0], takeOne), satisfied[1])), nil
            )
        case .orD:
            let first = sum(satisfied[0], push + takeOne)
            let second = sum(dissatisfied[0], unary + takeOne)
            return (larger(first, sum(second, satisfied[1])), sum(second, dissatisfied[1]))
        case .orI:
            return (
                sum(takeOne, larger(satisfied[0], satisfied[1])),
                sum(takeOne, larger(dissatisfied[0], dissatisfied[1]))
            )
        case .andOr:
            let yes = sum(sum(satisfied[0], takeOne), satisfied[1])
            let no = sum(dissatisfied[0], takeOne)
            return (larger(yes, sum(no, satisfied[2])), sum(no, dissatisfied[2]))
        case .thresh(let threshold):
            var uses: [StackUse?] = [unary]
            for position in inner.indices {
                uses = extend(uses, satisfied[position], dissatisfied[position], sum, larger)
                if position > 0 { uses = uses.map { sum($0, takeOne) } }
            }
            return (sum(uses[threshold], push + takeOne), sum(uses[0], push + takeOne))
        }
    }

    /// One more argument of a threshold: entry n is the bound for n satisfied arguments.
    private static func extend<Bound>(
        _ bounds: [Bound?], _ satisfied: Bound?, _ dissatisfied: Bound?, _ add: (Bound?, Bound?) -> Bound?,
        _ choose: (Bound?, Bound?) -> Bound?
    ) -> [Bound?] {
        (0...bounds.count).map { count in
            let without = count < bounds.count ? add(bounds[count], dissatisfied) : nil
            let with = count > 0 ? add(bounds[count - 1], satisfied) : nil
            return choose(without, with)
        }
    }

    private static func sum(_ a: Int?, _ b: Int?) -> Int? {
        guard let a, let b else { return nil }
        return a + b
    }

    private static func larger(_ a: Int?, _ b: Int?) -> Int? {
        guard let a, let b else { return a ?? b }
        return max(a, b)
    }

    private static func sum(_ a: StackUse?, _ b: StackUse?) -> StackUse? {
        guard let a, let b else { return nil }
        return a + b
    }

    private static func larger(_ a: StackUse?, _ b: StackUse?) -> StackUse? {
        guard let a, let b else { return a ?? b }
        return StackUse(consumed: max(a.consumed, b.consumed), peak: max(a.peak, b.peak))
    }
}
