import FoundationEssentials
public import PipelineKit

/// The directory of a workspace in which a project lies: the workspace itself, or one below it.
public struct ProjectPlace: Sendable, Hashable {
    /// Relative to the workspace; empty for the workspace itself.
    public let directory: String

    /// - Parameter setting: What `directory:` says.
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` for a path that is absolute or leaves the workspace.
    public init(_ setting: String?) throws(Failure) {
        let parts = (setting ?? "").split(separator: "/").filter { $0 != "." }
        guard setting?.hasPrefix("/") != true, !parts.contains("..") else {
            throw Failure(
                .invalidInput,
                "Field 'directory' must be a directory of the workspace, relative to it, but is '\(setting ?? "")'."
            )
        }
        directory = parts.joined(separator: "/")
    }

    /// The workspace as a runner is to see it: its directory is the project's.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when there is no such directory.
    public func within(_ workspace: Workspace) throws(Failure) -> Workspace {
        guard !directory.isEmpty else { return workspace }
        var inner = workspace
        inner.path += "/\(directory)"
        inner.project += "/\(directory)"
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: inner.path, isDirectory: &isDirectory), isDirectory else {
            throw Failure(
                .invalidInput,
                "The directory '\(directory)' that 'directory:' names is not in the workspace."
            )
        }
        return inner
    }

    /// What a runner calls a test, with the directory before it; an empty name is that of the whole.
    ///
    /// Unlike ``shown(_:in:)`` it leaves the name itself as it is: a parameter of a test may look like a path.
    public func outer(_ name: String) -> String {
        directory.isEmpty || name.isEmpty || name.hasPrefix("/") ? name : "\(directory)/\(name)"
    }

    /// What the runner itself calls a test that is called ``outer(_:)`` elsewhere.
    public func inner(_ name: String) -> String {
        guard !directory.isEmpty, name.hasPrefix("\(directory)/") else { return name }
        return String(name.dropFirst(directory.count + 1))
    }

    /// The path of a file as a verdict names it: relative to the workspace; one outside of it stays absolute.
    ///
    /// - Parameter path: Absolute, or relative to the project.
    public func shown(_ path: String, in workspace: Workspace) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        guard path.hasPrefix("/") else { return joined([directory].filter { !$0.isEmpty } + parts) }
        let root = workspace.path.split(separator: "/").map(String.init)
        return parts.starts(with: root) ? joined(Array(parts.dropFirst(root.count))) : path
    }

    /// Takes `a/../b` for `b`; compilers that were started in `a` say that.
    private func joined(_ parts: [String]) -> String {
        var path: [String] = []
        for part in parts {
            if part == "..", let last = path.last, last != ".." { path.removeLast() } else { path.append(part) }
        }
        return path.joined(separator: "/")
    }
}
