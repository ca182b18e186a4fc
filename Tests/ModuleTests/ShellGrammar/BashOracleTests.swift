import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import ShellGrammar
import Testing

/// bash itself says what a line is.
struct BashOracleTests {
    /// Lines that bash takes and the grammar leaves to a person.
    static let left: Set<String> = [
        "!", "time", "[[ ]]", "for 1 in a; do ls; done", "echo $[1+2]", "echo \"${x:-\"$(ls)\"}\"",
    ]

    @Test func whatBashTakesIsReadOrLeftOnPurpose() async throws {
        let lines = ShellLines.all
        #expect(lines.count > 500)
        let accepted = try await ShellLines.accepted(lines)
        try #require(accepted.count == lines.count)
        let refused = zip(lines, accepted).filter { $1 && (try? ShellParser.parse($0)) == nil }.map(\.0)
        #expect(Set(refused) == Self.left)
    }

    @Test func whatBashRefusesNeverOnlyReads() async throws {
        let lines = ShellLines.all + ShellLines.broken(800)
        let accepted = try await ShellLines.accepted(lines)
        try #require(accepted.count == lines.count)
        let wrong = zip(lines, accepted).filter { !$1 && ShellLines.reach($0) == [.reads] }.map(\.0)
        #expect(wrong == [])
        #expect(accepted.contains(false) && accepted.contains(true))
    }

    /// Every line that is said to read is run: it leaves everything as it was, and tells nothing from elsewhere.
    @Test func whatOnlyReadsChangesNothing() async throws {
        let lines = (ShellLines.all + ShellLines.broken(1_200)).filter { ShellLines.reach($0) == [.reads] }
        #expect(lines.count > 200)
        let files = ["a.txt": "foo\n", "b.txt": "x\n", "src/a.py": "foo = 1\n", "a.json": "{}\n", "a b.txt": "y\n"]
        let script = """
            git init -q . && git add . && git -c user.name=x -c user.email=x@y commit -qm x
            before=$(find . -type f ! -path './.git/index' -exec sha256sum {} + | sort; find . | sort)
            while IFS= read -r -d '' line; do timeout 5 bash -c "$line" </dev/null >/dev/null 2>&1; done < "$LINES_FILE"
            after=$(find . -type f ! -path './.git/index' -exec sha256sum {} + | sort; find . | sort)
            [ "$before" = "$after" ] && echo same || diff <(echo "$before") <(echo "$after")
            """
        let said = try await withTemporaryWorkspace(["lines": lines.joined(separator: "\0") + "\0"]) { elsewhere in
            try await withTemporaryWorkspace(files) { workspace in
                let command = Command(
                    "/bin/bash",
                    ["-c", script],
                    in: workspace.path,
                    environment: Environment.passing([]).merging(["LINES_FILE": "\(elsewhere.path)/lines"]) { $1 },
                    timeout: .seconds(300),
                    limit: OutputLimit(head: 10_000, tail: 0)
                )
                guard case .finished(let finished) = try await outcome(of: command) else { return "timed out" }
                return finished.output.text
            }
        }
        #expect(said == "same\n")
    }

    @Test func bytesOfAnyKindAreRefusedOrRead() {
        var dice = Dice(seed: 11)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
            _ = ShellLines.reach(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test(arguments: ["(", "$(", "{ ", "${x:-", "$((", "if ", "\"$(", "[[ (", "! ", "f() { ", "a=("])
    func whatIsDeepIsRefusedAndWhatIsLongTakesNoLongerThanItIs(opening: String) {
        let deep = String(repeating: opening, count: 60_000 / opening.utf8.count)
        let start = ContinuousClock.now
        #expect(throws: ShellSyntaxError.self) { try ShellParser.parse(deep) }
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func aLineThatIsTooLongIsRefused() {
        let error = #expect(throws: ShellSyntaxError.self) {
            try ShellParser.parse(String(repeating: "a", count: 65_537))
        }
        #expect(error?.description == "At byte 65537: The line is longer than 65536 bytes.")
    }
}
