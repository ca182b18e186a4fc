import PipelineKit
import Testing

@testable import LintersGate

/// What is told of projects under linters and type checkers; who cheats is a comment that has them say nothing.
struct LinterVerdictTests {
    private static let ofRuff = SixVerdicts(
        passing: "passed: Ruff finds nothing (1 file checked).",
        failing: "failed: Ruff finds 2 errors in 1 file.",
        crashing: "invalidInput: ruff could not check (exit status 2): ruff failed Cause: Failed to load configuration "
            + "`TREE/ruff.toml` Cause: Failed to parse TREE/ruff.toml…",
        hanging: "timedOut: ruff was still running after 45s and was ended.",
        empty: "failed: Ruff checked no file: it found none in the workspace.",
        cheating: "failed: Ruff finds 2 errors in 1 file."
    )

    /// No Ruff can be had to hang, so a program in its place does.
    @Test(arguments: ofRuff.rows)
    func ruff(row: (project: String, told: String)) async throws {
        let program = row.project == "hanging" ? "./ruff.sh" : try pythonProgram("ruff")
        var settings: [String: JSONValue] = ["program": .string(program)]
        if row.project == "cheating" { settings["suppressions"] = "refuse" }
        try await expectVerdict(row, of: RuffGate.self, settings)
    }

    @Test func whatCommentsHideFromRuffIsCounted() async throws {
        try await expectVerdict(
            ("cheating", "passed: Ruff finds nothing (1 file checked); 2 more are suppressed by comments."),
            of: RuffGate.self,
            ["program": .string(pythonProgram("ruff"))]
        )
    }

    private static let ofMypy = SixVerdicts(
        passing: "passed: Mypy finds nothing.",
        failing: "failed: Mypy finds 1 error in 1 file.",
        crashing: "unavailable: mypy could not check (exit status 2): error: INTERNAL ERROR -- …",
        hanging: "timedOut: mypy was still running after 45s and was ended.",
        empty: "failed: Mypy checked no file: it found none in the workspace.",
        cheating: "failed: Mypy finds 1 error in 1 file."
    )

    @Test(arguments: ofMypy.rows)
    func mypy(row: (project: String, told: String)) async throws {
        try await expectVerdict(row, of: MypyGate.self, ["program": .string(pythonProgram("mypy"))])
    }

    private static let ofPyright = SixVerdicts(
        passing: "passed: Pyright finds nothing (1 file checked).",
        failing: "failed: Pyright finds 1 error in 1 file.",
        crashing:
            "invalidInput: pyright does not understand its configuration: Config file \"TREE/pyrightconfig.json\" could "
            + "not be parsed. Verify that format is correct.",
        hanging: "timedOut: pyright was still running after 45s and was ended.",
        empty: "failed: Pyright checked no file: it found none in the workspace.",
        cheating: "failed: Pyright finds 1 error in 1 file."
    )

    /// As for Ruff, another program hangs in the place of pyright.
    @Test(arguments: ofPyright.rows)
    func pyright(row: (project: String, told: String)) async throws {
        let program = row.project == "hanging" ? "./pyright.sh" : try pythonProgram("basedpyright")
        try await expectVerdict(row, of: PyrightGate.self, ["program": .string(program)])
    }
}
