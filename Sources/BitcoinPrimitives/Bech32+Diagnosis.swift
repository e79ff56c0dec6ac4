extension Bech32 {
    /// What is wrong with a text that `decode` refuses.
    package struct Diagnosis: Hashable, Sendable {
        /// What is wrong, in Core's words.
        package enum Fault: String, Sendable {
            /// More than 90 characters.
            case tooLong = "Bech32 string too long"
            /// A character outside printable ASCII, or both cases.
            case invalidCharacter = "Invalid character or mixed case"
            /// No "1".
            case missingSeparator = "Missing separator"
            /// Nothing before the last "1", or fewer than six characters behind it.
            case invalidSeparatorPosition = "Invalid separator position"
            /// A character behind the separator that is not of the alphabet.
            case invalidBase32 = "Invalid Base 32 character"
            /// One or two characters are wrong under the checksum of BIP173.
            case invalidBech32Checksum = "Invalid Bech32 checksum"
            /// One or two characters are wrong under the checksum of BIP350.
            case invalidBech32mChecksum = "Invalid Bech32m checksum"
            /// More characters are wrong than can be located.
            case invalidChecksum = "Invalid checksum"
        }

        /// What is wrong.
        package let fault: Fault

        /// Which bytes of the text are wrong, from zero; empty when that cannot be told. What they should be is not
        /// said, since a guess might be another valid address.
        package let positions: [Int]

        /// Makes a diagnosis of its parts.
        package init(fault: Fault, positions: [Int]) {
            self.fault = fault
            self.positions = positions
        }
    }

    /// Finds out what is wrong with a text, and where; nil if it is a valid one.
    package static func diagnose(_ text: some StringProtocol) -> Diagnosis? {
        let characters = Array(text.utf8)
        if characters.count > maxLength {
            return Diagnosis(fault: .tooLong, positions: Array(maxLength..<characters.count))
        }
        let foreign = foreignPositions(characters)
        guard foreign.isEmpty else { return Diagnosis(fault: .invalidCharacter, positions: foreign) }
        guard let separator = characters.lastIndex(of: UInt8(ascii: "1")) else {
            return Diagnosis(fault: .missingSeparator, positions: [])
        }
        guard separator > 0, separator + 7 <= characters.count else {
            return Diagnosis(fault: .invalidSeparatorPosition, positions: [separator])
        }
        let lowered = characters.map(lowercased)
        var values: [UInt8] = []
        for position in (separator + 1)..<lowered.count {
            guard let value = alphabet.firstIndex(of: lowered[position]) else {
                return Diagnosis(fault: .invalidBase32, positions: [position])
            }
            values.append(UInt8(value))
        }
        return locateErrors(prefix: Array(lowered[..<separator]), values: values)
    }

    /// Characters that are not printable or of another case than the letters before.
    private static func foreignPositions(_ characters: [UInt8]) -> [Int] {
        var firstCase: Bool?
        return characters.indices.filter { position in
            let isUpper = (0x41...0x5a).contains(characters[position])
            guard isUpper || (0x61...0x7a).contains(characters[position]) else {
                return !(33...126).contains(characters[position])
            }
            if firstCase == nil { firstCase = isUpper }
            return firstCase != isUpper
        }
    }

    private static func lowercased(_ character: UInt8) -> UInt8 {
        (0x41...0x5a).contains(character) ? character + 32 : character
    }

    /// Looks for one or two wrong values that explain the checksum, under both variants, and takes the fewer.
    private static func locateErrors(prefix: [UInt8], values: [UInt8]) -> Diagnosis? {
        let remainder = polymod(expanded(prefix) + values)
        var found: (fault: Diagnosis.Fault, places: [Int])?
        for (variant, fault) in [
            (Variant.bech32, Diagnosis.Fault.invalidBech32Checksum), (.bech32m, .invalidBech32mChecksum),
        ] {
            let residue = remainder ^ variant.constant
            guard residue != 0 else { return nil }
            let places = errorPlaces(explaining: residue, count: values.count)
            if !places.isEmpty && places.count < found?.places.count ?? .max { found = (fault, places) }
        }
        guard let found else { return Diagnosis(fault: .invalidChecksum, positions: []) }
        return Diagnosis(fault: found.fault, positions: found.places.map { prefix.count + 1 + $0 })
    }

    /// The places, counted from the first value, of one or two wrong values that leave this residue.
    ///
    /// The code is linear: a wrong value adds its difference times a power of x to the residue, whatever the other values
    /// are. There are at most 89 times 31 such terms, so trying each alone and each with its partner is quick; within 89
    /// values no two explanations by at most two errors exist.
    private static func errorPlaces(explaining residue: UInt32, count: Int) -> [Int] {
        var terms = (1...31).map { UInt32($0) }
        var places: [UInt32: Int] = [:]
        for place in (0..<count).reversed() {
            for term in terms { places[term] = place }
            terms = terms.map(step)
        }
        if let place = places[residue] { return [place] }
        for (term, place) in places {
            if let other = places[residue ^ term], other != place { return [min(place, other), max(place, other)] }
        }
        return []
    }
}
