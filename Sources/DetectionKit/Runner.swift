/// A gate, and how a project shows that it could be its goal.
struct Runner: Sendable {
    /// The name of the gate.
    let gate: String
    /// What is looked for, for a person who reads that nothing was found.
    let signs: String
    private let find: @Sendable (Place) -> Finding?

    init(_ gate: String, _ signs: String, _ find: @escaping @Sendable (Place) -> Finding?) {
        self.gate = gate
        self.signs = signs
        self.find = find
    }

    func look(_ place: Place) -> Finding? {
        var finding = find(place)
        finding?.gate = gate
        return finding
    }

    /// What runs tests. Of several in one directory the first is its goal: those that know one kind of project before
    /// those that know a command, and those that tell each test before those that tell an exit status.
    static let tests = [
        cargo, go, swift, maven, gradle, dotnet, pytest, unittest, vitest, bun, node, npm, cmake, make,
    ]

    /// What checks sources; never a goal by itself.
    static let checks = [ruff, mypy, pyright, eslint]
}
