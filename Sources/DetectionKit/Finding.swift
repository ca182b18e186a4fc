public import PipelineKit

/// A goal that a project could have, and what in it says so.
public struct Finding: Sendable, Hashable {
    /// How far what is judged reaches down from the directory of the project.
    public enum Reach: Sendable, Hashable {
        /// Projects below are others.
        case itself
        /// Projects of its family below are parts of it, such as packages of a workspace.
        case family
        /// Whatever is below is a part of it, as long as this is the goal: a Makefile says how all of it is tested.
        case everything
    }

    /// The name of the gate.
    public internal(set) var gate = ""
    /// Settings of the gate without the directory.
    public var settings: [String: JSONValue] = [:]
    /// What was found, in words: `tests/`, `[tool.ruff] in pyproject.toml`. Never empty.
    public var evidence: [String]
    public var family: Family
    public var reach: Reach

    init(
        _ family: Family,
        _ reach: Reach = .itself,
        with settings: [String: JSONValue] = [:],
        evidence: [String]
    ) {
        self.settings = settings
        self.evidence = evidence
        self.family = family
        self.reach = reach
    }

    /// `tests/, conftest.py and [tool.pytest.ini_options] in pyproject.toml`.
    public var because: String { evidence.listed }
}

/// Whose projects may be parts of each other.
public enum Family: String, Sendable, Hashable {
    case cargo, go, swift, maven, gradle, dotnet, python, node, cmake, make, checks

    /// Where its package manager keeps what it has fetched; a sandbox must show it, as there is no network in it.
    var fetched: String? {
        switch self {
        case .maven: "~/.m2"
        case .gradle: "~/.gradle/caches"
        case .dotnet: "~/.nuget/packages"
        default: nil
        }
    }
}

extension [String] {
    /// `a`, `a and b`, `a, b and c`.
    var listed: String {
        guard count > 1 else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) and \(self[count - 1])"
    }
}
