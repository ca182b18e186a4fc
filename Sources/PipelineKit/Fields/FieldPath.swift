/// Where a value stands in a settings document: `goal.with.args[2]`.
public struct FieldPath: Sendable, Hashable, CustomStringConvertible {
    /// One step down: into a mapping by key, or into a list by index.
    public enum Part: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    public var parts: [Part]

    public init(_ parts: [Part] = []) { self.parts = parts }

    public func appending(_ key: String) -> FieldPath { FieldPath(parts + [.key(key)]) }
    public func appending(_ index: Int) -> FieldPath { FieldPath(parts + [.index(index)]) }
    public func appending(_ path: FieldPath) -> FieldPath { FieldPath(parts + path.parts) }

    public var description: String {
        parts.reduce(into: "") { text, part in
            switch part {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index(let index): text += "[\(index)]"
            }
        }
    }
}

/// One mistake in a settings document, for the person who wrote it.
public struct FieldProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whether the mistake is in the key itself or in what stands behind it.
    public enum Place: Sendable, Hashable {
        case key
        case value
    }

    public var path: FieldPath
    public var place: Place
    /// One sentence that quotes what was read.
    public var message: String

    public init(_ path: FieldPath, _ message: String, in place: Place = .value) {
        self.path = path
        self.place = place
        self.message = message
    }

    public var description: String { message }
}

/// Every mistake in a settings document; never empty.
public struct FieldProblems: Error, Sendable, Hashable {
    public var all: [FieldProblem]

    public init(_ all: [FieldProblem]) { self.all = all }

    /// All mistakes as one failure, for a place that has no file to point into.
    public var failure: Failure { Failure(.invalidInput, all.map(\.message).joined(separator: " ")) }
}
