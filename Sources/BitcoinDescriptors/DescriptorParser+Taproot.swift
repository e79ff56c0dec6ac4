extension DescriptorParser {
    /// Reads what stands in the brackets of `tr`: an internal key and perhaps a tree of scripts.
    mutating func parseTaproot(_ body: TextSlice) throws(DescriptorError) -> [ScriptExpression] {
        var rest = body
        let keyText = rest.takeExpression()
        let internalKeys: [KeyExpression]
        do {
            internalKeys = try parseKey(keyText, in: .p2tr)
        } catch {
            throw .key("tr(): \(error.message)")
        }
        var leaves: [(depth: Int, alternatives: [ScriptExpression])] = []
        if !rest.isEmpty {
            guard rest.skip(",") else { throw .script("tr: expected ',', got '\(rest.firstCharacter)'") }
            leaves = try parseTree(&rest)
        }
        guard let scripts = Self.transposed(leaves.map(\.alternatives)) else {
            throw .script("tr(): Multipath subscripts have mismatched lengths")
        }
        let count = max(internalKeys.count, scripts.count)
        guard internalKeys.count == 1 || internalKeys.count == count else {
            throw .script("tr(): Multipath internal key mismatches multipath subscripts lengths")
        }
        guard scripts.count == 1 || scripts.count == count else {
            throw .script("tr(): Multipath subscripts have mismatched lengths")
        }
        return (0..<count).map { alternative in
            let key = internalKeys.count == 1 ? internalKeys[0] : internalKeys[alternative]
            let expressions = scripts.count == 1 ? scripts[0] : scripts[alternative]
            return .tr(
                key,
                leaves: zip(leaves, expressions).map {
                    ScriptExpression.TreeLeaf(depth: $0.depth, expression: $1)
                })
        }
    }

    /// Reads a tree: a script, or two trees in braces. One round of the loop reads one script.
    private mutating func parseTree(
        _ rest: inout TextSlice
    ) throws(DescriptorError) -> [(depth: Int, alternatives: [ScriptExpression])] {
        var leaves: [(depth: Int, alternatives: [ScriptExpression])] = []
        // For every branch above whether its right half is being read.
        var path: [Bool] = []
        repeat {
            while rest.skip("{") {
                path.append(false)
                guard path.count <= TaprootTree.maxDepth else {
                    throw .script("tr() supports at most \(TaprootTree.maxDepth) nesting levels")
                }
            }
            var text = rest.takeExpression()
            leaves.append((path.count, try parseScript(&text, in: .p2tr)))
            while path.last == true {
                guard rest.skip("}") else { throw .script("tr(): expected '}' after script expression") }
                path.removeLast()
            }
            if !path.isEmpty {
                guard rest.skip(",") else { throw .script("tr(): expected ',' after script expression") }
                path[path.count - 1] = true
            }
        } while !path.isEmpty
        guard rest.isEmpty else { throw .script("tr(): expected ')' after script expression") }
        return leaves
    }
}
