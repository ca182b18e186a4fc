/// The fields of a message in the order they were sent; names are compared without regard to case (RFC 9110, 5.1).
public struct HTTPHeaders: Sendable, Hashable {
    public struct Field: Sendable, Hashable {
        /// In lower case.
        public let name: String
        public var value: String
    }

    public private(set) var fields: [Field]

    public init() { fields = [] }

    /// The value of a field; where it was sent several times, the first.
    public subscript(name: String) -> String? {
        get {
            let name = name.inLowerCase
            return fields.first { $0.name == name }?.value
        }
        set {
            let name = name.inLowerCase
            if fields.contains(where: { $0.name == name }) { fields.removeAll { $0.name == name } }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }

    /// Every value of a field.
    public func all(_ name: String) -> [String] {
        let name = name.inLowerCase
        return fields.filter { $0.name == name }.map(\.value)
    }

    public mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name.inLowerCase, value: value))
    }

    /// Adds those of other fields that are not there.
    mutating func add(missing others: HTTPHeaders) {
        fields.reserveCapacity(fields.count + others.fields.count)
        let own = fields[...]
        for other in others.fields where !own.contains(where: { $0.name == other.name }) { fields.append(other) }
    }

    /// The elements of a field that is a list, in lower case: `Connection: Upgrade, keep-alive` (RFC 9110, 5.6.1).
    public func tokens(_ name: String) -> [String] {
        all(name).flatMap { $0.split(separator: ",") }.map { $0.trimmingBlanks.lowercased() }.filter { !$0.isEmpty }
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.lowercased(), value: $1) }
    }
}

extension String {
    /// In lower case; most names are, and cost nothing then.
    fileprivate var inLowerCase: String {
        utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } ? lowercased() : self
    }
}

extension Substring {
    /// Without the spaces and tabs around it; RFC 9110, section 5.6.3.
    var trimmingBlanks: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
