extension Detection {
    /// What was found and why, as lines for a person; empty when there is no project.
    public var lines: [String] {
        guard let first = projects.first else { return [] }
        var lines = projects.count == 1 ? [first.sentence] : table
        for project in projects where !project.parts.isEmpty {
            let parts = project.parts.map { "\($0.finding.gate) in \($0.directory)" }
            lines.append("\(project.goal.gate) is taken to test what is below, too: \(parts.most(8)).")
        }
        if !alternatives.isEmpty { lines.append("Could be goals, too: \(alternatives.map(\.words).most(8)).") }
        if isCut { lines.append(Self.cut) }
        return lines
    }

    private var table: [String] {
        let rows = projects.map { ($0.directory.isEmpty ? "." : $0.directory, $0.goal.gate, $0.goal.because) }
        let widths = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0)
        return ["Found \(projects.count) projects; the goal is that the tests of all of them pass:"]
            + rows.map { "  \($0.0.padded(to: widths.0))  \($0.1.padded(to: widths.1))  \($0.2)" }
    }

    /// What could be a goal besides, or instead.
    var alternatives: [Located] {
        projects.flatMap { project in project.others.map { Located(directory: project.directory, finding: $0) } }
            + checks
    }

    private static let cut =
        "There is more here than is looked at: \(Survey.depth) levels, \(Survey.mostFolders) directories, "
        + "\(Survey.mostFiles) files."

    /// What to say when there is no project.
    ///
    /// - Parameter place: The directory that was looked at, as the person named it.
    public func nothing(in place: String) -> [String] {
        let signs = Self.signs.map { "  \($0)" }
        return ["Nothing in '\(place)' or below says how it is tested. Looked for"] + signs
            + (checks.isEmpty ? [] : ["Could be a goal: \(checks.map(\.words).most(8))."]) + (isCut ? [Self.cut] : [])
    }
}

extension Detection {
    /// What to say when there are too many projects for one goal.
    ///
    /// - Parameter place: The directory that was looked at, as the person named it.
    public func tooMany(in place: String) -> [String] {
        let all = projects.map { "\($0.goal.gate) in \($0.directory.isEmpty ? "." : $0.directory)" }
        return [
            "Found \(projects.count) projects in '\(place)', more than the \(Self.mostGoals) of which a run makes a goal:"
        ]
            + ["  \(all.most(Self.mostGoals))."]
    }
}

extension DetectedProject {
    /// `Found go.mod and calc_test.go in services/api: the goal is go-test there.`
    fileprivate var sentence: String {
        directory.isEmpty
            ? "Found \(goal.because): the goal is \(goal.gate)."
            : "Found \(goal.because) in \(directory): the goal is \(goal.gate) there."
    }
}

extension Detection.Located {
    /// `ruff ([tool.ruff] in pyproject.toml)`, `ruff in web (ruff.toml)`.
    var words: String {
        "\(finding.gate)\(directory.isEmpty ? "" : " in \(directory)") (\(finding.because))"
    }
}

extension [String] {
    /// The first of them, and how many more there are.
    func most(_ count: Int) -> String {
        self.count <= count
            ? joined(separator: ", ") : prefix(count).joined(separator: ", ") + " and \(self.count - count) more"
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }
}
