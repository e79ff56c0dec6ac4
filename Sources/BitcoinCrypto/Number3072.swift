/// A number modulo 2^3072 - 1103717, the largest safe prime below 2^3072: what `MuHash3072` multiplies.
///
/// After every operation it is smaller than the modulus, so that equal numbers have equal limbs; only one read from
/// bytes may be larger.
struct Number3072: Equatable, Sendable {
    /// Words of 64 bits in a number.
    static let limbCount = 48
    /// Bytes in a number.
    static let byteCount = 384
    /// The modulus is this much below 2^3072.
    static let complement: UInt64 = 1_103_717

    /// The words, the least significant first; always 48.
    private(set) var limbs: [UInt64]

    /// One.
    init() {
        limbs = [UInt64](repeating: 0, count: Self.limbCount)
        limbs[0] = 1
    }

    /// - Precondition: there are 48 limbs.
    init(limbs: [UInt64]) {
        precondition(limbs.count == Self.limbCount, "a number has 48 limbs")
        self.limbs = limbs
    }

    /// The product. Safe code that the compiler turns into one load and two multiplications a step: each pass over
    /// `right` takes two limbs of `left`.
    static func * (left: Number3072, right: Number3072) -> Number3072 {
        let (a, b) = (left.limbs.span, right.limbs.span)
        precondition(a.count == 48 && b.count == 48, "a number has 48 limbs")
        var product = [UInt64](repeating: 0, count: 96)
        for i in stride(from: 0, to: 48, by: 2) {
            let (low, high) = (UInt128(a[i]), UInt128(a[i &+ 1]))
            var (lowCarry, highCarry): (UInt128, UInt128) = (0, 0)
            var previous: UInt128 = 0
            for j in 0..<48 {
                let limb = UInt128(b[j])
                lowCarry = lowCarry &+ low &* limb &+ UInt128(product[i &+ j])
                highCarry = highCarry &+ high &* previous &+ (lowCarry & 0xffff_ffff_ffff_ffff)
                product[i &+ j] = UInt64(truncatingIfNeeded: highCarry)
                lowCarry >>= 64
                highCarry >>= 64
                previous = limb
            }
            highCarry = highCarry &+ high &* previous &+ lowCarry
            product[i &+ 48] = UInt64(truncatingIfNeeded: highCarry)
            product[i &+ 49] = UInt64(truncatingIfNeeded: highCarry >> 64)
        }
        return Number3072(reducing: product)
    }

    /// Brings 96 limbs below the modulus: 2^3072 counts as `complement`.
    private init(reducing product: consuming [UInt64]) {
        precondition(product.count == 96, "a product has 96 limbs")
        var carry: UInt128 = 0
        for i in 0..<48 {
            carry = carry &+ UInt128(product[i &+ 48]) &* UInt128(Self.complement) &+ UInt128(product[i])
            product[i] = UInt64(truncatingIfNeeded: carry)
            carry >>= 64
        }
        limbs = Array(product[0..<48])
        // The first time less than 2^42 is left, the second time at most one.
        while carry != 0 { carry = add(carry &* UInt128(Self.complement)) }
        reduce()
    }

    /// Adds a small number; returns what 2^3072 is carried into.
    private mutating func add(_ number: UInt128) -> UInt128 {
        var carry = number
        for i in 0..<48 {
            carry = carry &+ UInt128(limbs[i])
            limbs[i] = UInt64(truncatingIfNeeded: carry)
            carry >>= 64
        }
        return carry
    }

    /// Subtracts the modulus when the number is not smaller. It is less than twice the modulus.
    mutating func reduce() {
        guard limbs[0] >= 0 &- Self.complement, limbs.dropFirst().allSatisfy({ $0 == .max }) else { return }
        _ = add(UInt128(Self.complement))
    }
}

extension Number3072 {
    /// Reads 384 bytes, the least significant first; `nil` for any other count. The number need not be smaller than the
    /// modulus.
    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        limbs = []
        limbs.reserveCapacity(Self.limbCount)
        unsafe withContiguousBytes(bytes) { buffer in
            for offset in stride(from: 0, to: Self.byteCount, by: 8) {
                unsafe limbs.append(
                    UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            }
        }
    }

    /// The 384 bytes, the least significant first.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for limb in limbs {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: limb >> shift))
            }
        }
        return bytes
    }
}
