import FoundationEssentials
import PipelineKit
import ProcessKit

/// Measures `grep_search` beside ripgrep run directly, over the same generated files. A line for each pattern:
///
///     {"ev":"grep","pattern":"rare","bytes":1000000000,"files":50000,"rounds":5,"ms":352.1,"rg_ms":331.0,"ratio":1.06}
///
/// They take turns, so that both see the same machine, and `ratio` is the median of the pairs'. ripgrep is called as a person
/// calls it, with all that the tool leaves to it: hidden files, no configuration, what is ignored passed over. Both have the files
/// in memory, as both have just read them.
struct GrepBench {
    private struct Pattern {
        let name: String
        let text: String
        var isRegex = false
    }

    private static let patterns = [
        Pattern(name: "rare", text: SearchTree.rare),
        Pattern(name: "absent", text: "stands in no file at all"),
        Pattern(name: "common", text: "return"),
        Pattern(name: "regex", text: #"needle_[0-9]+_of_\w+"#, isRegex: true),
        Pattern(name: "common regex", text: #"let \w+ = \w+\(\d+\)"#, isRegex: true),
    ]
    private static let rounds = 5

    private let tool: ConfiguredTool
    private let program: String
    private let tree: SearchTree

    /// - Parameters:
    ///   - bytes: Of all files together.
    ///   - directory: A private one.
    static func measure(_ bytes: Int, in directory: String, _ registry: Registry) async throws(CommandError) {
        let signals = StopSignals.clearingAway(directory)
        do throws(Failure) {
            guard let program = Programs.find("rg") else {
                throw Failure(.missing, "There is no 'rg' in PATH. Install it: apt-get install ripgrep")
            }
            guard let tool = try? registry.tools["grep_search"]?.make([:]) else {
                throw Failure(.missing, "There is no tool 'grep_search' here.")
            }
            let tree = SearchTree(bytes: bytes, path: directory)
            try tree.layOut { signals.hasCome }
            let bench = GrepBench(tool: tool, program: program, tree: tree)
            for pattern in patterns { try await bench.measure(pattern) }
        } catch {
            // Whoever clears away ends the process; what fails meanwhile fails because of that.
            while signals.hasCome { try? await Task.sleep(for: .seconds(1)) }
            throw .broken(error.message)
        }
    }

    private func measure(_ pattern: Pattern) async throws(Failure) {
        var (own, others): ([Double], [Double]) = ([], [])
        for round in 0...Self.rounds {
            let (mine, other) = (try await call(pattern), try await ripgrep(pattern))
            // The first time is the warm-up: files are read from the disk.
            guard round > 0 else { continue }
            own.append(mine)
            others.append(other)
        }
        let ratio = zip(own, others).map { $0 / $1 }.sorted()[own.count / 2]
        BenchLines().tell(
            "grep",
            [
                "pattern": .string(pattern.name), "bytes": .int(tree.bytes), "files": .int(tree.files),
                "rounds": .int(Self.rounds), "ms": .double(own.sorted()[own.count / 2].tenths),
                "rg_ms": .double(others.sorted()[own.count / 2].tenths),
                "ratio": .double((ratio * 100).rounded() / 100),
            ]
        )
    }

    /// Milliseconds of a call of the tool.
    private func call(_ pattern: Pattern) async throws(Failure) -> Double {
        let arguments: JSONValue = [
            "pattern": .string(pattern.text), "is_regex": .bool(pattern.isRegex), "case_insensitive": false,
        ]
        let start = ContinuousClock.now
        let output = try await tool.call(arguments, ToolContext(workspace: Workspace(path: tree.path)))
        let time = start.duration(to: .now) / .milliseconds(1)
        guard !output.isError else { throw Failure(.unavailable, "'grep_search' said: \(output.text)") }
        return time
    }

    /// Milliseconds of the same search by ripgrep alone, whose output is taken and thrown away.
    private func ripgrep(_ pattern: Pattern) async throws(Failure) -> Double {
        let words = ["--no-config", "--hidden", "--no-require-git", "--line-number", "--with-filename", "--no-heading"]
        let kind = pattern.isRegex ? [] : ["--fixed-strings"]
        let command = Command(program, words + kind + ["--regexp=\(pattern.text)", "./"], in: tree.path)
        let start = ContinuousClock.now
        let finished = try await ProcessKit.run(command)
        let time = start.duration(to: .now) / .milliseconds(1)
        guard finished.status < 2 else { throw Failure(.unavailable, "'rg' said: \(finished.errors.text)") }
        return time
    }
}
