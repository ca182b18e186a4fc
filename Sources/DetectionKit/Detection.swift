/// What a look at a directory has found: the projects in it, and the goals that they could have.
///
/// Looking changes nothing and starts nothing, and is bounded whatever is there (``Survey``).
public struct Detection: Sendable, Hashable {
    /// The top before all others, then the nearest, each level in order.
    public private(set) var projects: [DetectedProject] = []
    /// Checks of sources, by the directory they are configured in.
    public private(set) var checks: [Located] = []
    /// Whether there is more than was looked at.
    public let isCut: Bool

    /// A finding somewhere.
    public struct Located: Sendable, Hashable {
        /// Relative to the top; empty for the top itself.
        public var directory: String
        public var finding: Finding
    }

    public init(_ tree: ProjectTree) {
        let survey = Survey(tree)
        isCut = survey.isCut
        for folder in survey.folders where folder.isHome {
            let place = Place(tree: tree, survey: survey, path: folder.path, files: folder.files)
            add(Runner.tests.compactMap { $0.look(place) }, at: folder.path)
            checks += Runner.checks.compactMap { $0.look(place) }.filter { isNew($0, at: folder.path) }
                .map { Located(directory: folder.path, finding: $0) }
        }
    }

    /// - Parameter findings: The preferred first.
    private mutating func add(_ findings: [Finding], at directory: String) {
        if let whole = projects.firstIndex(where: { $0.takesEverything(at: directory) }) {
            projects[whole].parts += findings.prefix(1).map { Located(directory: directory, finding: $0) }
            return
        }
        let own = findings.filter { finding in !projects.contains { $0.takes(finding, at: directory) } }
        guard let goal = own.first else { return }
        projects.append(DetectedProject(directory: directory, goal: goal, others: Array(own.dropFirst())))
    }

    /// What is checked above is checked below, too.
    private func isNew(_ check: Finding, at directory: String) -> Bool {
        !checks.contains { $0.finding.gate == check.gate && $0.directory.holds(path: directory) }
    }

    /// Directories outside of the projects that a sandbox has to show, as they are written in a pipeline.
    public var fetched: [String] { Set(projects.compactMap { $0.goal.family.fetched }).sorted() }

    /// Whether a person might want another goal.
    public var leavesAChoice: Bool {
        projects.count > 1 || !alternatives.isEmpty || projects.contains { !$0.parts.isEmpty }
    }

    /// The most projects that a run without a pipeline takes for one goal; of more a person decides.
    public static let mostGoals = 12

    /// What was looked for, in the order of preference.
    public static var signs: [String] { Runner.tests.map { $0.signs } }
}

/// A directory with a goal of its own.
public struct DetectedProject: Sendable, Hashable {
    /// Relative to the top; empty for the top itself.
    public var directory: String
    public var goal: Finding
    /// What would have been the goal without it, the preferred first.
    public var others: [Finding]
    /// What is below and taken to be judged with it although it is of another kind.
    public var parts: [Detection.Located] = []

    func takesEverything(at path: String) -> Bool {
        goal.reach == .everything && path != directory && directory.holds(path: path)
    }

    func takes(_ finding: Finding, at path: String) -> Bool {
        guard path != directory, directory.holds(path: path) else { return false }
        return ([goal] + others).contains { $0.family == finding.family && $0.reach != .itself }
    }
}
