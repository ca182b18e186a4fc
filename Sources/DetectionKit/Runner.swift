/// A gate, and how a project shows that it could be its goal.
struct Runner: Sendable {
    /// What is looked for, for a person who reads that nothing was found.
    var signs: String
    var look: @Sendable (Place) -> Finding?

    init(_ signs: String, _ look: @escaping @Sendable (Place) -> Finding?) {
        self.signs = signs
        self.look = look
    }

    /// What runs tests. Of several in one directory the first is its goal: those that know one kind of project before those that
    /// know a command, and those that tell each test before those that tell an exit status.
    static let tests = [
        cargo, go, swift, maven, gradle, dotnet, pytest, unittest, vitest, bun, node, npm, cmake, make,
    ]

    /// What checks sources; never a goal by itself.
    static let checks = [ruff, mypy, pyright, eslint]
}
