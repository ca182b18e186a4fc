/// A condition of a pipeline: `steps.lint.passed and not steps.plan.empty`.
///
/// Names, texts, numbers, `true`, `false`, `==`, `!=`, `not`, `and`, `or` and parentheses, and nothing else: what it says
/// can be told for every state of what it names. `not` binds more than `and`, `and` more than `or`.
public indirect enum Condition: Sendable, Hashable {
    /// What stands on its own, or on a side of a comparison.
    public enum Operand: Sendable, Hashable {
        /// `steps.lint.passed`
        case name(String)
        case constant(JSONValue)
    }

    /// Whether a value is there and is not `false`, zero or empty.
    case value(Operand)
    case equal(Operand, Operand)
    case not(Condition)
    case and(Condition, Condition)
    case or(Condition, Condition)
}

extension Condition {
    /// Whether it holds.
    ///
    /// - Parameter value: What a name stands for; `nil` for what is not there, which is like `null`.
    public func holds(_ value: (String) -> JSONValue?) -> Bool { truth { value($0) ?? .null } ?? false }

    /// Whether it holds; `nil` when that depends on what is not known.
    ///
    /// - Parameter value: What a name stands for; `nil` for what is not known.
    public func truth(_ value: (String) -> JSONValue?) -> Bool? {
        switch self {
        case .value(let operand): operand.value(value).map(\.isTruthy)
        case .equal(let left, let right): Self.areEqual(left.value(value), right.value(value))
        case .not(let part): part.truth(value).map { !$0 }
        case .and(let left, let right): Self.both(left.truth(value), right.truth(value))
        case .or(let left, let right):
            Self.both(left.truth(value).map { !$0 }, right.truth(value).map { !$0 }).map { !$0 }
        }
    }

    private static func areEqual(_ left: JSONValue?, _ right: JSONValue?) -> Bool? {
        guard let left, let right else { return nil }
        if let left = left.number, let right = right.number { return left == right }
        return left == right
    }

    private static func both(_ left: Bool?, _ right: Bool?) -> Bool? {
        if left == false || right == false { return false }
        return left == nil || right == nil ? nil : true
    }

    /// All names in it, each once, in the order they were written.
    public var names: [String] {
        var names: [String] = []
        for name in occurrences where !names.contains(name) { names.append(name) }
        return names
    }

    private var occurrences: [String] {
        switch self {
        case .value(let operand): operand.names
        case .equal(let left, let right): left.names + right.names
        case .not(let part): part.occurrences
        case .and(let left, let right), .or(let left, let right): left.occurrences + right.occurrences
        }
    }
}

extension Condition.Operand {
    fileprivate var names: [String] { if case .name(let name) = self { [name] } else { [] } }

    fileprivate func value(_ value: (String) -> JSONValue?) -> JSONValue? {
        switch self {
        case .name(let name): value(name)
        case .constant(let constant): constant
        }
    }
}

extension JSONValue {
    /// Whether it counts as yes where a condition has it alone.
    fileprivate var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .double(let number): number != 0
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }
}

extension Condition: CustomStringConvertible {
    /// The condition as it is written, with no more parentheses than it takes.
    public var description: String { written(above: 0) }

    private var rank: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .not: 3
        case .value, .equal: 4
        }
    }

    private func written(above rank: Int) -> String {
        let text =
            switch self {
            case .value(let operand): operand.description
            case .equal(let left, let right): "\(left) == \(right)"
            case .not(.equal(let left, let right)): "\(left) != \(right)"
            case .not(let part): "not \(part.written(above: 3))"
            // What is on the right was put there by parentheses, when it is of the same rank.
            case .and(let left, let right): "\(left.written(above: 2)) and \(right.written(above: 3))"
            case .or(let left, let right): "\(left.written(above: 1)) or \(right.written(above: 2))"
            }
        return self.rank < rank ? "(\(text))" : text
    }
}

extension Condition.Operand: CustomStringConvertible {
    public var description: String {
        switch self {
        case .name(let name): name
        case .constant(.string(let text)): text.contains("'") ? "\"\(text)\"" : "'\(text)'"
        case .constant(let constant): constant.jsonText
        }
    }
}

extension Condition: FieldValue {
    public static var schema: ValueSchema { .oneOf([.string, .boolean]) }
    public var json: JSONValue { .string(description) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        switch json {
        case .bool: self = .value(.constant(json))
        case .string(let text):
            do throws(Failure) { self = try ConditionParser.parse(text) } catch {
                reader.problem(error.message)
                return nil
            }
        default:
            reader.expected("a condition such as 'steps.lint.passed'", of: json)
            return nil
        }
    }
}
