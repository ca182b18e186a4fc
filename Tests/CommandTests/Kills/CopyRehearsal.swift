import Testing

/// A rehearsal that reached its goal in a copy; the project is as it was.
///
/// - Parameter git: Whether the project is a git repository.
func withCopy(
    git: Bool = false,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Rehearsal, Bench) async throws -> Void
) async throws {
    try await withRehearsal { rehearsal, bench in
        if git { try await bench.commitProject() }
        let words = ["run", "pipeline.yaml", "--cwd", "project", "--id", "r1", "--isolation", "copy"]
        #expect(try await rehearsal.bench.start(words).ended().status == 2)
        for step in [Rehearsal.Step.approve, .resume] { #expect(try await rehearsal.play(step).status == 0) }
        #expect(bench.read("project/number.txt") == nil)
        try await body(rehearsal, rehearsal.bench)
    }
}

extension Bench {
    /// Makes the project a git repository with one commit.
    func commitProject() async throws {
        let commit = "git config user.name Ada; git config user.email ada@example.org; git commit -qm first"
        try await run("sh", "-ec", "git init -q -b main; git add .; \(commit)", in: project)
    }
}
