import PipelineKit
import PipelineTesting
import Testing

@testable import MutationGate

/// Which lines of which files are the work's.
struct ChangedLinesTests {
    private func numbers(_ old: String?, _ new: String) -> [Int] {
        ChangedLines.numbers(from: old.map { Array($0.utf8) }, to: Array(new.utf8)).sorted()
    }

    @Test func linesThatWereAddedOrChangedAreNumbered() {
        #expect(numbers("a\nb\nc\n", "a\nB\nc\n") == [2])
        #expect(numbers("a\nc\n", "a\nb\nc\n") == [2])
        #expect(numbers("a\nb\nc\n", "a\nc\n") == [])
        #expect(numbers("a\nb\nc\nd\n", "x\na\nb\ny\nd\n") == [1, 4])
        #expect(numbers("a\na\n", "a\na\na\n") == [3])
        #expect(numbers("a", "a\nb") == [2])
        #expect(numbers("", "") == [])
    }

    @Test func aNewFileIsChangedAsAWhole() {
        #expect(numbers(nil, "a\nb\n") == [1, 2])
        #expect(numbers(nil, "") == [])
    }

    /// Exact differences of large texts take time by the square, so a line counts as known wherever it stood.
    @Test func largeTextsAreComparedLineByLine() {
        let old = (0..<5_000).map { "old \($0)\n" }.joined()
        let new = (0..<5_000).map { "\($0 % 2 == 0 ? "old" : "new") \(4_999 - $0)\n" }.joined()
        let numbers = numbers(old, new)
        #expect(numbers.count == 2_500)
        #expect(numbers.first == 2)
    }

    /// Of texts of any lines: what is not numbered is, in its order, in the old text.
    @Test func whatIsNotNumberedWasThere() {
        var dice = Dice(seed: 13)
        for _ in 1...500 {
            let (old, new) = (
                (0..<dice.roll(0...12)).map { _ in dice.pick(["a", "b", "c"]) },
                (0..<dice.roll(0...12)).map { _ in dice.pick(["a", "b", "c"]) }
            )
            let added = Set(numbers(old.map { "\($0)\n" }.joined(), new.map { "\($0)\n" }.joined()))
            var rest = old[...]
            for (index, line) in new.enumerated() where !added.contains(index + 1) {
                let place = rest.firstIndex(of: line)
                #expect(place != nil)
                rest = rest[(place ?? rest.startIndex)...].dropFirst()
            }
        }
    }

    @Test func testsAndForeignFilesAreNoSources() async throws {
        let names = [
            "calc.py", "src/calc.c", "src/lib.rs", "web/app.ts", "test_calc.py", "tests/help.py", "calc_test.go",
            "src/calc.test.js", "Tests/A.swift", "node_modules/a/b.js", "src/Calc.java", "src/CalcTest.java",
            "conftest.py", "vite.config.ts", "app.tsx", "README.md", "Package.swift", "contest.py", "latest.py",
        ]
        let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "a = 1\n") })
        try await withTemporaryWorkspace(files) { now in
            try await withTemporaryWorkspace(["calc.py": "a = 2\n", "latest.py": "a = 1\n"]) { base in
                let all = try ChangedSources([]).all(in: now.path, since: base.path)
                #expect(
                    all.map(\.file)
                        == ["calc.py", "contest.py", "src/Calc.java", "src/calc.c", "src/lib.rs", "web/app.ts"]
                )
                let named = try ChangedSources(["tests/**", "*.md"]).all(in: now.path, since: base.path)
                #expect(named.map(\.file) == ["tests/help.py"])
            }
        }
    }
}
