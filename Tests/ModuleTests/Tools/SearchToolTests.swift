import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import SearchTool

/// Both ways of searching, with ripgrep and without, find the same and say it in the same words.
@Suite(.serialized) struct SearchToolTests {
    private static let files = [
        "src/calc.py": "def add(a, b):\n    return a - b\n", "src/deep/er.py": "# Add\n", "README.md": "add\n",
        ".github/ci.yml": "run: add\n", ".git/config": "add\n", "-rf": "add\n", "node_modules/x.js": "add\n",
        ".gitignore": "node_modules/\n", "bin": "add\u{0}\n", "quo\"te.py": "add\n",
    ]
    /// The second only when ripgrep is installed.
    static let ways = Programs.find("rg") == nil ? [false] : [false, true]

    private func grep(_ json: JSONValue, _ usesPrograms: Bool, in workspace: Workspace) async throws -> String {
        let tool = GrepTool(usesPrograms: usesPrograms)
        return try await tool.call(GrepTool.Arguments(json: json), in: ToolContext(workspace: workspace)).text
    }

    private func find(_ pattern: String, _ usesPrograms: Bool, in workspace: Workspace) async throws -> String {
        let tool = FindFilesTool(usesPrograms: usesPrograms)
        let arguments = try FindFilesTool.Arguments(json: ["pattern": .string(pattern)])
        return try await tool.call(arguments, in: ToolContext(workspace: workspace)).text
    }

    @Test func keepTheirPromises() async throws {
        try await expectConformance(of: GrepTool.self, arguments: ["pattern": "add"], files: Self.files)
        try await expectConformance(of: FindFilesTool.self, arguments: ["pattern": "*.py"], files: Self.files)
    }

    @Test(arguments: ways)
    func linesAreFound(usesPrograms: Bool) async throws {
        try await withTemporaryWorkspace(Self.files) { (workspace: Workspace) async throws in
            symlinkOutside(workspace)
            let all: [(JSONValue, String)] = [
                (
                    ["pattern": "add"],
                    """
                    -rf:1: add
                    .github/ci.yml:1: run: add
                    README.md:1: add
                    quo"te.py:1: add
                    src/calc.py:1: def add(a, b):
                    src/deep/er.py:1: # Add
                    """
                ),
                (["pattern": "Add", "case_insensitive": false], "src/deep/er.py:1: # Add"),
                (["pattern": "add", "include_glob": "src/*.py"], "src/calc.py:1: def add(a, b):"),
                (["pattern": "add(a", "include_glob": "*.py"], "src/calc.py:1: def add(a, b):"),
                (["pattern": #"a [-+] b$"#, "is_regex": true], "src/calc.py:2: return a - b"),
                (["pattern": "--files"], "No line matches '--files'."),
                (["pattern": "add", "include_glob": "*.rs"], "No line matches 'add'."),
                (["pattern": "secret"], "No line matches 'secret'."),
            ]
            for (arguments, text) in all {
                #expect(try await grep(arguments, usesPrograms, in: workspace) == text, "\(arguments)")
            }
        }
    }

    @Test(arguments: ways)
    func filesAreFound(usesPrograms: Bool) async throws {
        try await withTemporaryWorkspace(Self.files) { (workspace: Workspace) async throws in
            symlinkOutside(workspace)
            #expect(try await find("*.py", usesPrograms, in: workspace) == "quo\"te.py\nsrc/calc.py\nsrc/deep/er.py")
            #expect(try await find("src/*", usesPrograms, in: workspace) == "src/calc.py")
            #expect(try await find("*.js", usesPrograms, in: workspace) == "No file matches '*.js'.")
            #expect(try await find("secret", usesPrograms, in: workspace) == "No file matches 'secret'.")
        }
    }

    private func symlinkOutside(_ workspace: Workspace) {
        let outside = (workspace.path as NSString).deletingLastPathComponent
        try? Data("secret\n".utf8).write(to: URL(filePath: "\(outside)/secret"))
        try? FileManager.default.createSymbolicLink(atPath: "\(workspace.path)/out", withDestinationPath: "..")
        try? FileManager.default.createSymbolicLink(atPath: "\(workspace.path)/file", withDestinationPath: "../secret")
    }

    @Test(arguments: ways)
    func longResultsAreCut(usesPrograms: Bool) async throws {
        let many = Dictionary(uniqueKeysWithValues: (100..<203).map { ("f\($0).txt", "x\n") })
        let long = ["long.md": "  " + String(repeating: "ab", count: 150) + "\n"]
        try await withTemporaryWorkspace(many.merging(long) { $1 }) { (workspace: Workspace) async throws in
            let hits = try await grep(["pattern": "x"], usesPrograms, in: workspace).split(separator: "\n")
            #expect(hits.count == 51)
            #expect(hits.last == "(50 of 103 hits shown)")
            let files = try await find("*.txt", usesPrograms, in: workspace).split(separator: "\n")
            #expect(files.count == 101)
            #expect(files.last == "(100 of 103 files shown)")
            let line = try await grep(["pattern": "ab"], usesPrograms, in: workspace)
            #expect(line == "long.md:1: \(String(repeating: "ab", count: 100))…")
        }
    }

    /// Each of the names has eleven bytes with its end, so the third is cut; which they are is left to ripgrep.
    @Test(.enabled(if: ways.count > 1)) func moreFilesThanAreLookedAtAreSpokenOf() async throws {
        let files = Dictionary(uniqueKeysWithValues: (100..<150).map { ("f\($0).txt", "x\n") })
        try await withTemporaryWorkspace(files) { (workspace: Workspace) async throws in
            let (context, most) = (ToolContext(workspace: workspace), 25)
            let find = FindFilesTool(usesPrograms: true, mostNames: most)
            let found = try await find.call(.init(json: ["pattern": "*.txt"]), in: context).text.split(separator: "\n")
            #expect(found.count == 3 && found.dropLast().allSatisfy { files["\($0)"] != nil }, "\(found)")
            #expect(found.last == "(2 of more than 2 files shown)")
            let none = try await find.call(.init(json: ["pattern": "*.py"]), in: context).text
            #expect(none == "No file matches '*.py' among the 2 that were looked at; there are more.")

            let grep = GrepTool(usesPrograms: true, mostNames: most)
            let lines: JSONValue = ["pattern": "x", "include_glob": "*.txt"]
            let hits = try await grep.call(.init(json: lines), in: context).text.split(separator: "\n")
            #expect(hits.count == 3 && hits.last == "(2 of more than 2 hits shown)")
            let absent: JSONValue = ["pattern": "y", "include_glob": "*.txt"]
            #expect(
                try await grep.call(.init(json: absent), in: context).text
                    == "No line matches 'y' in the files that were searched; there are more."
            )
        }
    }

    @Test(
        arguments: [
            (["pattern": ""], "The pattern is empty; every line would match."),
            (["pattern": "a\nb"], "The pattern holds a line break or NUL; lines are searched one by one."),
            (
                ["pattern": "a", "include_glob": "../**"],
                "Pattern '../**' leaves the workspace: '..' cannot stand in a pattern."
            ),
            (
                ["pattern": "a", "include_glob": "/etc/*"],
                "Pattern '/etc/*' is absolute; write it relative to the workspace."
            ),
            (["pattern": "(", "is_regex": true], "Pattern '(' is no regular expression: "),
        ] as [(JSONValue, String)]
    )
    func sayWhatIsWrong(arguments: JSONValue, message: String) async throws {
        try await withTemporaryWorkspace(Self.files) { (workspace: Workspace) async throws in
            for way in Self.ways {
                let error = await #expect(throws: Failure.self) { _ = try await grep(arguments, way, in: workspace) }
                #expect(error?.kind == .invalidInput)
                #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
            }
        }
    }
}
