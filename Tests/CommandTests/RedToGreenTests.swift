import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// The main job, on the example that ships: two functions are wrong, a scripted model mends them.
struct RedToGreenTests {
    @Test func everyStepIsToldInOrder() async throws {
        try await withCalc { bench in
            let ended = try await bench.sluice("run", "pytest", "--cwd", "project", "--model", Calc.model, "--json")
            #expect(ended.status == 0, "\(ended)")
            #expect(ended.errors == "")
            let events = try Bench.events(in: ended.output)
            #expect(events.map(\.payload.type) == Calc.story)
            #expect(try await bench.events() == events, "what was shown is what is recorded")
            #expect(RunState(replaying: events).status == .achieved)
            #expect(try bench.tree(bench.project) == Calc.mended)
            #expect(try await bench.sluice("diff").output == Calc.diff)
        }
    }

    @Test func aPersonReadsATranscript() async throws {
        try await withCalc { bench in
            let ended = try await bench.sluice("run", "pytest", "--cwd", "project", "--model", Calc.model)
            #expect(ended.status == 0, "\(ended)")
            let shown = ended.output.replacing(bench.root, with: "ROOT").replacing(Calc.model, with: "MODEL")
            let run = try #require(try await bench.run(Bench.sluice, "runs").split(separator: " ").first)
            let masked = shown.replacing(run, with: "RUN").replacing(/· [\dhms]+ ·/, with: "· TIME ·")
            #expect(try Self.settled(masked) == Self.settled(Calc.transcript))
        }
    }

    /// The results of calls that run side by side come in any order.
    private static func settled(_ transcript: String) -> [String] {
        transcript.split(separator: "\n", omittingEmptySubsequences: false)
            .chunked { $0.hasPrefix("          ✓ file_read") }
            .flatMap { $0.sorted() }
    }

    /// The model works beside the checkout, and nothing of it is touched: branch, index, stash, files.
    @Test func aWorktreeLeavesTheCheckoutAlone() async throws {
        try await withCalc { bench in
            try await Checkout.make(in: bench)
            let before = try await Checkout(bench)
            let ended = try await bench.sluice(
                "run",
                "pytest",
                "--cwd",
                "project",
                "--model",
                Calc.model,
                "--isolation",
                "worktree"
            )
            #expect(ended.status == 0, "\(ended)")
            #expect(try await Checkout(bench) == before)
            #expect(try await bench.sluice("diff").output == Calc.diff)
            try await bench.run("sh", "-c", "\(Bench.sluice) diff | git apply --check", in: bench.project)
        }
    }
}

/// A git repository with work under way in it, as a person may leave it when they start a run.
private struct Checkout: Equatable {
    var branch, status, index, stash, references: String
    var files: [String: String]

    static func make(in bench: Bench) async throws {
        let script = """
            git init -q -b work && git config user.name Ada && git config user.email ada@example.org
            git add . && git commit -qm first
            echo 'stashed' >> README.md && git stash -q
            echo 'in the index' > staged.txt && git add staged.txt
            echo 'nowhere' > loose.txt
            """
        try await bench.run("sh", "-ec", script, in: bench.project)
    }

    init(_ bench: Bench) async throws {
        branch = try await bench.run("git", "symbolic-ref", "HEAD", in: bench.project)
        status = try await bench.run("git", "status", "--porcelain", in: bench.project)
        index = try await bench.run("git", "ls-files", "--stage", in: bench.project)
        stash = try await bench.run("git", "stash", "list", in: bench.project)
        references = try await bench.run("git", "for-each-ref", in: bench.project)
        files = try bench.tree()
    }
}

/// Hands over a bench whose project is a copy of the example.
func withCalc<Value>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Bench) async throws -> Value
) async throws -> Value {
    try await withBench { bench in
        try FileManager.default.removeItem(atPath: bench.project)
        try FileManager.default.copyItem(atPath: "\(Calc.examples)/calc", toPath: bench.project)
        return try await body(bench)
    }
}

/// The example, and what comes of it.
enum Calc {
    static let examples = "\(Bench.package)/Pipelines/examples"
    static let model = "scripted/\(examples)/calc.script.json"

    static let story = """
        run.started workspace.opened check.started check.finished iteration.started
        model.requested model.replied tool_call.proposed tool_call.finished
        model.requested model.replied tool_call.proposed tool_call.proposed tool_call.finished tool_call.finished
        model.requested model.replied tool_call.proposed tool_call.started tool_call.finished
        model.requested model.replied check.started check.finished iteration.started
        model.requested model.replied tool_call.proposed tool_call.started tool_call.finished
        model.requested model.replied check.started check.finished run.finished
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    static var mended: [String: String] {
        get throws {
            [
                "README.md": try text("README.md"), "tests/test_calc.py": try text("tests/test_calc.py"),
                "calc.py": try text("calc.py").replacing("b - a", with: "a - b")
                    .replacing("(len(numbers) - 1)", with: "len(numbers)"),
            ]
        }
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(examples)/calc/\(name)", encoding: .utf8)
    }

    static let diff = """
        diff --git a/calc.py b/calc.py
        index 89ed0fd057f5b8c557ab7095d8b15d9ded2c1419..48740b40e07e6a12b3858b4303fa9672e0df610c 100644
        --- a/calc.py
        +++ b/calc.py
        @@ -3,7 +3,7 @@ def add(a, b):
         
         
         def subtract(a, b):
        -    return b - a
        +    return a - b
         
         
         def multiply(a, b):
        @@ -11,4 +11,4 @@ def multiply(a, b):
         
         
         def mean(numbers):
        -    return sum(numbers) / (len(numbers) - 1)
        +    return sum(numbers) / len(numbers)

        """

    static var transcript: String {
        get throws { try String(contentsOfFile: "\(Bench.package)/Tests/Fixtures/calc.transcript", encoding: .utf8) }
    }
}

extension [Substring] {
    /// Elements that follow each other and satisfy the condition, together; each of the others by itself.
    fileprivate func chunked(_ condition: (Substring) -> Bool) -> [[String]] {
        var chunks: [[String]] = []
        var isOpen = false
        for element in self {
            let fits = condition(element)
            if !fits || !isOpen { chunks.append([]) }
            chunks[chunks.count - 1].append(String(element))
            isOpen = fits
        }
        return chunks
    }
}
