/// The name of one thing among its kind: a run, a call, an approval.
public protocol Identifier: Sendable, Hashable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    var value: String { get }
    init(_ value: String)
}

extension Identifier {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { value }
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// One execution of a pipeline.
public struct RunID: Identifier {
    public let value: String
    public init(_ value: String) { self.value = value }
}

/// One call of a tool, unique within its run.
public struct CallID: Identifier {
    public let value: String
    public init(_ value: String) { self.value = value }
}

/// One question to a person, unique within its run.
public struct ApprovalID: Identifier {
    public let value: String
    public init(_ value: String) { self.value = value }
}

/// The name of a module, unique in its kind: `bash_exec` among tools, `pytest` among gates.
public struct ModuleID: Identifier {
    public let value: String
    public init(_ value: String) { self.value = value }
}

/// A state of the workspace, as the workspace keeper names it.
public struct SnapshotID: Identifier {
    public let value: String
    public init(_ value: String) { self.value = value }
}
