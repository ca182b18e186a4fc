import PipelineKit

/// The pipeline that fits what was found, as text: for a run without a name, and for a person to begin with.
public struct DetectedPipeline: Sendable {
    private let detection: Detection

    /// - Parameter detection: With at least one project.
    public init(_ detection: Detection) { self.detection = detection }

    /// What lists of runs show.
    var name: String {
        let gates = Set(detection.projects.map(\.goal.gate))
        return gates.count == 1 ? gates.first ?? "" : "all-tests"
    }

    /// The least that a run needs.
    public var text: String {
        """
        name: \(name)
        description: Work on the code until its tests pass, without touching them.
        \(goal)

        """
    }

    /// `goal:` with everything that belongs to it, and comments that say why and what else there could be.
    public var commentedGoal: String {
        let why =
            detection.projects.count == 1 ? detection.lines.prefix(1) : ["Found \(detection.projects.count) projects."]
        var lines = why.map { "# \($0)" } + [goal]
        for project in detection.projects where !project.parts.isEmpty {
            lines.append("# \(project.goal.gate) is taken to test what is below, too. Else:")
            lines += project.parts.map { "#   \($0.entry)" }
        }
        if !detection.alternatives.isEmpty {
            lines.append(
                "# What else could be a goal. Several that must all hold: 'goal: { all: [pytest, ruff] }'."
            )
            lines += detection.alternatives.map { "#   \($0.entry)" }
        }
        return lines.joined(separator: "\n")
    }

    private var goal: String {
        let goals = detection.projects.map { Detection.Located(directory: $0.directory, finding: $0.goal) }
        if goals.count == 1 { return "goal: \(goals[0].yaml)" }
        return "goal:\n  all:\n" + goals.map { "    - \($0.entry)" }.joined(separator: "\n")
    }
}

extension Detection.Located {
    /// `{ gate: go-test, with: { directory: services/api } }`, or the gate's name alone.
    var yaml: String {
        var settings = finding.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        if !directory.isEmpty { settings.insert(("directory", .string(directory)), at: 0) }
        guard !settings.isEmpty else { return finding.gate }
        let with = settings.map { "\($0.0): \($0.1.yaml)" }.joined(separator: ", ")
        return "{ gate: \(finding.gate), with: { \(with) } }"
    }

    /// With the reason behind it.
    fileprivate var entry: String { "\(yaml)   # \(finding.because)" }
}

extension JSONValue {
    /// On one line: text without quotes where it is plainly text, all else as JSON, which YAML takes.
    fileprivate var yaml: String {
        switch self {
        case .string(let text) where text.isPlainWord: text
        // What would else be a reference.
        case .string(let text): JSONValue.string(text.replacing("${", with: "$${")).jsonText
        case .array(let elements): "[\(elements.map(\.yaml).joined(separator: ", "))]"
        default: jsonText
        }
    }
}

extension String {
    /// Whether it begins with a letter and goes on with letters of ASCII, digits, `/`, `_`, `-` and `.`; no truth
    /// value.
    fileprivate var isPlainWord: Bool {
        guard let first = utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20) else {
            return false
        }
        let isWord = utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || [UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
        }
        return isWord && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(lowercased())
    }
}
