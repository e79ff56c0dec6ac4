/// The members of a JSON object in the order in which they were added.
package struct JSONObject: Hashable, Sendable {
    /// One name with its value.
    package struct Member: Hashable, Sendable {
        /// The name.
        package var key: String
        /// The value.
        package var value: JSONValue

        /// Makes the member from its parts.
        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The members in order. A name that occurs twice in parsed text is kept twice; look-ups find the first.
    package private(set) var members: [Member]

    /// Makes an object of `members`.
    package init(members: [Member] = []) { self.members = members }

    /// The number of members.
    package var count: Int { members.count }

    /// Whether it has no member.
    package var isEmpty: Bool { members.isEmpty }

    /// The names in order.
    package var keys: [String] { members.map(\.key) }

    /// The value of that name. Setting replaces it in its place or appends it; setting nil removes it.
    package subscript(_ key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let index = members.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Appends a member without looking for one of the same name: quick for objects with many members.
    package mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
    }

    /// Appends all members of another object.
    package mutating func append(contentsOf other: JSONObject) {
        members.append(contentsOf: other.members)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Members in order; a name given twice is kept twice.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(members: elements.map { Member(key: $0.0, value: $0.1) })
    }
}
