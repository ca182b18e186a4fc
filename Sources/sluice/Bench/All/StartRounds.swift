import FoundationEssentials
import Glibc
import PipelineKit

/// What it takes until a command has answered: from exec to the end, or to the first event of a run.
struct StartRounds {
    /// Absolute path of an empty directory.
    let directory: String
    private let rounds = 15
    private var file: String { "\(directory)/touch.yaml" }
    private var model: String { "scripted/\(directory)/script.json" }
    /// Beside the state, which is no part of it.
    private var project: String { "\(directory)/project" }

    init(in directory: String) { self.directory = directory }

    func all() throws(CommandError) -> [Figure] {
        try write(Self.pipeline, to: "touch.yaml")
        _ = try making("project", in: directory)
        try write(Self.script, to: "script.json")
        return try ended("version", ["version"]) + ended("lint", ["lint", file]) + firstEvent()
    }

    private func ended(_ name: String, _ words: [String]) throws(CommandError) -> [Figure] {
        var (times, memory): ([Duration], Double) = ([], 0)
        for _ in 0..<rounds {
            var child = try BenchChild(words, in: directory)
            let ending = try child.ended()
            times.append(ending.elapsed)
            memory = max(memory, ending.megabytes)
        }
        return figures(name, times, memory)
    }

    /// A run whose model writes one file, which is its goal.
    private func firstEvent() throws(CommandError) -> [Figure] {
        var (firsts, lasts, memory): ([Duration], [Duration], Double) = ([], [], 0)
        for _ in 0..<rounds / 3 {
            let began = ContinuousClock.now
            var child = try BenchChild(["run", file, "--json", "--cwd", project, "--model", model], in: directory)
            let first = try child.line()
            firsts.append(.now - began)
            let ending = try child.ended()
            guard first?["type"] == "run.started" else { throw .broken("A run's first event was not its start.") }
            lasts.append(ending.elapsed)
            memory = max(memory, ending.megabytes)
            unlink("\(project)/done.txt")
        }
        return [Figure("start, run, first event", firsts.median / .milliseconds(1), "ms")]
            + figures("run", lasts, memory)
    }

    private func figures(_ name: String, _ times: [Duration], _ memory: Double) -> [Figure] {
        [
            Figure("start, \(name), whole", times.median / .milliseconds(1), "ms"),
            Figure("start, \(name), memory", memory, "MB"),
        ]
    }

    private func write(_ text: String, to name: String) throws(CommandError) {
        do { try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)")) } catch {
            throw .broken("'\(directory)/\(name)' cannot be written: \(error.systemWords).")
        }
    }

    private static let pipeline = """
        name: touch
        description: Writes a file.
        goal: { gate: command, with: { command: "test -f done.txt" } }
        tools: { allow: [file_write] }
        human: { gate: never }
        workspace: { isolation: none }
        """

    private static let script = """
        {"replies": [
          {"text": "Now.", "calls": [{"tool": "file_write", "arguments": {"path": "done.txt", "content": "1"}}]},
          {"text": "Done."}
        ]}
        """
}
