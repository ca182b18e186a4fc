import PipelineKit

/// Whether a document has in it what is expected: each member of a mapping, each element of a list, to any depth.
enum JSONSubset {
    /// What is not as expected, each as a sentence that names the place; at most ``most``.
    ///
    /// Members that nobody expects are passed over; a list has as many elements as are expected. The place is written as
    /// in RFC 9535: `$.users[0].name`.
    static func misses(of expected: JSONValue, in found: JSONValue) -> [String] {
        var misses: [String] = []
        compare(expected, found, at: "$", &misses)
        return misses
    }

    static let most = 10

    private static func compare(_ expected: JSONValue, _ found: JSONValue, at place: String, _ misses: inout [String]) {
        guard misses.count < most else { return }
        switch (expected, found) {
        case (.object(let members), .object(let others)):
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                let inner = place + step(key)
                guard let other = others[key] else {
                    if misses.count < most { misses.append("\(inner) is missing.") }
                    continue
                }
                compare(value, other, at: inner, &misses)
            }
        case (.array(let elements), .array(let others)):
            guard elements.count == others.count else {
                misses.append("\(place) has \(others.count) elements, not \(elements.count).")
                return
            }
            for (index, pair) in zip(elements, others).enumerated() {
                compare(pair.0, pair.1, at: "\(place)[\(index)]", &misses)
            }
        default:
            if !isSame(expected, found) { misses.append("\(place) is \(found), not \(expected).") }
        }
    }

    /// 1 and 1.0 are one number.
    private static func isSame(_ expected: JSONValue, _ found: JSONValue) -> Bool {
        guard let number = expected.number, let other = found.number else { return expected == found }
        return number == other
    }

    private static func step(_ key: String) -> String {
        let isPlain = key.first?.isNumber == false && key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        return isPlain ? ".\(key)" : "[\(JSONValue.string(key).jsonText)]"
    }
}
