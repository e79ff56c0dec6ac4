// Modular inversion by division steps (Bernstein and Yang, "Fast constant-time gcd computation and modular inversion",
// 2019), in batches of 62 steps as libsecp256k1's doc/safegcd_implementation.md explains them. Nothing here is secret,
// so the time may depend on the number.

extension Number3072 {
    /// The number that gives one when multiplied with this one; zero for zero.
    var inverse: Number3072 {
        var number = self
        number.reduce()
        // f and g are the two numbers whose greatest common divisor is sought; f = d * number and g = e * number hold
        // modulo the modulus all the time.
        var f = SignedNumber.modulus
        var g = SignedNumber(number)
        var d = SignedNumber.zero
        var e = SignedNumber.one
        var eta: Int64 = -1
        var count = SignedNumber.limbCount
        while !g.isZero(count) {
            let steps = DivisionSteps(eta: &eta, f: f.limbs[0], g: g.limbs[0])
            steps.apply(&f, &g, count: count)
            steps.applyModulo(&d, &e)
            if SignedNumber.canShrink(f, g, count) {
                f.dropTop(of: count)
                g.dropTop(of: count)
                count -= 1
            }
        }
        // f is one or minus one now.
        return d.normalized(negated: f.limbs[count - 1] < 0)
    }
}

/// A number in limbs of 62 bits, of which the highest carries the sign.
private struct SignedNumber {
    static let limbCount = 50
    /// Bits in a limb.
    static let width: Int64 = 62
    static let mask: Int64 = (1 << 62) - 1
    /// 2^3072 in the highest limb.
    static let top: Int64 = 1 << (3072 - 62 * 49)

    var limbs: [Int64]

    static let zero = SignedNumber(limbs: [Int64](repeating: 0, count: limbCount))

    static let one: SignedNumber = {
        var number = zero
        number.limbs[0] = 1
        return number
    }()

    static let modulus: SignedNumber = {
        var number = zero
        number.limbs[0] = -Int64(Number3072.complement)
        number.limbs[limbCount - 1] = top
        return number
    }()

    /// The inverse of the modulus modulo 2^62: three bits to begin with, twice as many after each step.
    static let modulusInverse: Int64 = {
        let modulus = -Int64(Number3072.complement)
        var inverse = modulus
        for _ in 0..<5 { inverse = inverse &* (2 &- modulus &* inverse) }
        return inverse & mask
    }()

    init(limbs: [Int64]) { self.limbs = limbs }

    init(_ number: Number3072) {
        limbs = []
        limbs.reserveCapacity(Self.limbCount)
        var pending: UInt128 = 0
        var bits: UInt128 = 0
        for limb in number.limbs {
            pending |= UInt128(limb) << bits
            bits += 64
            while bits >= 62 {
                limbs.append(Int64(truncatingIfNeeded: pending) & Self.mask)
                pending >>= 62
                bits -= 62
            }
        }
        limbs.append(Int64(truncatingIfNeeded: pending))
    }

    func isZero(_ count: Int) -> Bool { limbs[0] == 0 && limbs[1..<max(count, 1)].allSatisfy { $0 == 0 } }

    /// Whether the highest limbs of both hold nothing but the sign.
    static func canShrink(_ f: SignedNumber, _ g: SignedNumber, _ count: Int) -> Bool {
        guard count > 1 else { return false }
        let (f, g) = (f.limbs[count - 1], g.limbs[count - 1])
        return (f == 0 || f == -1) && (g == 0 || g == -1)
    }

    /// Puts the sign in the highest of `count` limbs into the one below.
    mutating func dropTop(of count: Int) {
        limbs[count - 2] |= limbs[count - 1] << Self.width
    }

    /// The number, or its negative, from zero up to the modulus. It lies within one modulus above zero and two below.
    func normalized(negated: Bool) -> Number3072 {
        var number = self
        number.addModulusIfNegative()
        if negated { for i in number.limbs.indices { number.limbs[i] = -number.limbs[i] } }
        number.carry()
        number.addModulusIfNegative()
        number.carry()
        var words: [UInt64] = []
        words.reserveCapacity(Number3072.limbCount)
        var pending: UInt128 = 0
        var bits: UInt128 = 0
        for limb in number.limbs {
            pending |= UInt128(truncatingIfNeeded: limb) << bits
            bits += 62
            if bits >= 64 {
                words.append(UInt64(truncatingIfNeeded: pending))
                pending >>= 64
                bits -= 64
            }
        }
        return Number3072(limbs: words)
    }

    private mutating func addModulusIfNegative() {
        guard limbs[Self.limbCount - 1] < 0 else { return }
        limbs[0] -= Int64(Number3072.complement)
        limbs[Self.limbCount - 1] += Self.top
    }

    private mutating func carry() {
        for i in 0..<Self.limbCount - 1 {
            limbs[i + 1] += limbs[i] >> Self.width
            limbs[i] &= Self.mask
        }
    }
}

/// What 62 division steps do to a pair of numbers, but for a division by 2^62: the first becomes `u` times itself and
/// `v` times the other, the second `q` times the first and `r` times itself.
private struct DivisionSteps {
    private let u: Int128
    private let v: Int128
    private let q: Int128
    private let r: Int128

    /// - Parameters:
    ///   - eta: what is known of the numbers' ratio.
    ///   - f: the lowest limb of the odd number.
    ///   - g: the lowest limb of the other.
    init(eta: inout Int64, f: Int64, g: Int64) {
        var (f, g) = (UInt64(bitPattern: f), UInt64(bitPattern: g))
        var (u, v, q, r): (UInt64, UInt64, UInt64, UInt64) = (1, 0, 0, 1)
        var left: Int64 = 62
        while true {
            // At most as many as there are steps left.
            let zeros = Int64((g | .max << UInt64(left)).trailingZeroBitCount)
            g >>= UInt64(zeros)
            u <<= UInt64(zeros)
            v <<= UInt64(zeros)
            eta -= zeros
            left -= zeros
            if left == 0 { break }
            if eta < 0 {
                eta = -eta
                (f, g) = (g, 0 &- f)
                (u, q) = (q, 0 &- u)
                (v, r) = (r, 0 &- v)
            }
            // How many steps can be done before f and g change places, and the multiple of f that takes that many bits
            // from g: -1/f is f * (f * f - 2) modulo 64.
            let mask = UInt64.max >> UInt64(64 - min(eta + 1, left)) & 63
            let multiple = (f &* g &* (f &* f &- 2)) & mask
            g = g &+ f &* multiple
            q = q &+ u &* multiple
            r = r &+ v &* multiple
        }
        self.u = Int128(Int64(bitPattern: u))
        self.v = Int128(Int64(bitPattern: v))
        self.q = Int128(Int64(bitPattern: q))
        self.r = Int128(Int64(bitPattern: r))
    }

    /// Applies the steps to `count` limbs of the numbers they were made for.
    func apply(_ f: inout SignedNumber, _ g: inout SignedNumber, count: Int) {
        let (first, second) = (Int128(f.limbs[0]), Int128(g.limbs[0]))
        // The lowest 62 bits are zero.
        var fCarry = (u &* first &+ v &* second) >> 62
        var gCarry = (q &* first &+ r &* second) >> 62
        for i in 1..<max(count, 1) {
            let (first, second) = (Int128(f.limbs[i]), Int128(g.limbs[i]))
            fCarry = fCarry &+ u &* first &+ v &* second
            gCarry = gCarry &+ q &* first &+ r &* second
            f.limbs[i - 1] = Int64(truncatingIfNeeded: fCarry) & SignedNumber.mask
            g.limbs[i - 1] = Int64(truncatingIfNeeded: gCarry) & SignedNumber.mask
            fCarry >>= 62
            gCarry >>= 62
        }
        f.limbs[count - 1] = Int64(truncatingIfNeeded: fCarry)
        g.limbs[count - 1] = Int64(truncatingIfNeeded: gCarry)
    }

    /// Applies the steps modulo the modulus: multiples of it make the lowest 62 bits zero.
    func applyModulo(_ d: inout SignedNumber, _ e: inout SignedNumber) {
        let last = SignedNumber.limbCount - 1
        let complement = Int128(Number3072.complement)
        let (first, second) = (Int128(d.limbs[0]), Int128(e.limbs[0]))
        var dCarry = u &* first &+ v &* second
        var eCarry = q &* first &+ r &* second
        // A negative number is taken as one modulus higher, so that the results stay small.
        var dMultiple = (d.limbs[last] < 0 ? u : 0) &+ (e.limbs[last] < 0 ? v : 0)
        var eMultiple = (d.limbs[last] < 0 ? q : 0) &+ (e.limbs[last] < 0 ? r : 0)
        dMultiple = dMultiple &- Self.correction(dCarry, dMultiple)
        eMultiple = eMultiple &- Self.correction(eCarry, eMultiple)
        dCarry = (dCarry &- complement &* dMultiple) >> 62
        eCarry = (eCarry &- complement &* eMultiple) >> 62
        for i in 1..<SignedNumber.limbCount {
            let (first, second) = (Int128(d.limbs[i]), Int128(e.limbs[i]))
            dCarry = dCarry &+ u &* first &+ v &* second
            eCarry = eCarry &+ q &* first &+ r &* second
            if i == last {
                dCarry = dCarry &+ dMultiple &* Int128(SignedNumber.top)
                eCarry = eCarry &+ eMultiple &* Int128(SignedNumber.top)
            }
            d.limbs[i - 1] = Int64(truncatingIfNeeded: dCarry) & SignedNumber.mask
            e.limbs[i - 1] = Int64(truncatingIfNeeded: eCarry) & SignedNumber.mask
            dCarry >>= 62
            eCarry >>= 62
        }
        d.limbs[last] = Int64(truncatingIfNeeded: dCarry)
        e.limbs[last] = Int64(truncatingIfNeeded: eCarry)
    }

    /// How many moduli less make the lowest 62 bits zero.
    private static func correction(_ sum: Int128, _ multiple: Int128) -> Int128 {
        let (sum, multiple) = (Int64(truncatingIfNeeded: sum), Int64(truncatingIfNeeded: multiple))
        return Int128((SignedNumber.modulusInverse &* sum &+ multiple) & SignedNumber.mask)
    }
}
