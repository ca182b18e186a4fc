import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Sources that know nothing but what the test gives.
func sources(_ files: [String: String] = [:], builtIn: [String: String] = [:]) -> PipelineSources {
    PipelineSources(
        builtInNames: builtIn.keys.sorted(),
        builtIn: { name in builtIn[name].map { ("\(name).yaml (built in)", $0) } },
        read: { path throws(Failure) in
            guard let text = files[path] else { throw Failure(.missing, "there is no such file.") }
            return Array(text.utf8)
        }
    )
}

/// What a person would read about a text; empty when it loads without a word.
func told(_ text: String, _ sources: PipelineSources = sources(), registry: Registry? = TestModules.registry) -> String
{
    do throws(Diagnostics) {
        return try PipelineLoader(sources, registry: registry).load(text, file: "fix.yaml")
            .warnings.map(\.description).joined(separator: "\n")
    } catch { return error.description }
}

/// Only the sentences, with their lines and columns.
func sentences(_ text: String, _ sources: PipelineSources = sources()) -> [String] {
    do throws(Diagnostics) {
        _ = try PipelineLoader(sources, registry: TestModules.registry).load(text, file: "fix.yaml")
        return []
    } catch {
        return error.all.map { "\($0.place?.line ?? 0):\($0.place?.column ?? 0): \($0.message)" }
    }
}

func loaded(_ text: String, _ sources: PipelineSources = sources()) throws(Diagnostics) -> Pipeline {
    try PipelineLoader(sources, registry: TestModules.registry).load(text, file: "fix.yaml").pipeline
}

struct LoadingTests {
    static let small = """
        name: fix-tests
        goal: pytest
        model: anthropic/claude-sonnet-4-6

        """

    @Test func theSmallestPipelineLoads() throws {
        let pipeline = try loaded(Self.small)
        #expect(pipeline.name == "fix-tests")
        #expect(pipeline.goal == Goal(.gate("pytest", with: [:])))
        #expect(pipeline.model == ModelChain("anthropic/claude-sonnet-4-6"))
        #expect(pipeline.limits == Limits())
        #expect(pipeline.tools == ToolPolicy())
    }

    @Test func aMistakeIsShownWithItsLineAndACaret() {
        let text = Self.small.replacing("model:", with: "modle:")
        #expect(
            told(text) == """
                fix.yaml:3:1: error: Unknown field 'modle'. Did you mean 'model'?
                  3 | modle: anthropic/claude-sonnet-4-6
                    | ^~~~~
                """
        )
    }

    @Test func twelveMistakesAreTwelveDiagnostics() {
        let text = """
            name: ""
            modle: openai/gpt-5.2
            inputs:
              target: { type: strin }
              count: { type: integer, default: five }
            goal:
              gate: pytset
              editable: [/src, "../x"]
            tools:
              allow: [file_raed]
              deny: [bash_exec]
              ask: [bash_exec]
            limits: { iterations: 0, wall: 30 }
            instructions: Work in ${inputs.cuont}.

            """
        #expect(
            sentences(text) == [
                "1:7: Field 'name' must not be empty.",
                "2:1: Unknown field 'modle'. Did you mean 'model'?",
                "4:19: Field 'inputs.target.type' must be one of string, integer, number, boolean, but is \"strin\"."
                    + " Did you mean 'string'?",
                "5:36: The default of input 'count' must be a whole number, but is \"five\".",
                "7:9: Unknown gate 'pytset'. Did you mean 'pytest'?",
                "8:14: The pattern \"/src\" begins with '/': write it relative to the workspace.",
                "8:20: The pattern \"../x\" leaves the workspace by '..'.",
                "10:11: Unknown tool 'file_raed'. Did you mean 'file_read'?",
                "11:10: Tool 'bash_exec' stands under 'ask' and under 'deny': keep one.",
                "13:23: Field 'limits.iterations' must be from 1 to 10000, but is 0.",
                "13:32: Field 'limits.wall' must be a time such as '90s', '30m' or '24h', but is 30."
                    + " Write the unit too: '30s' or '30m'.",
                "14:23: Unknown input 'cuont'. Did you mean 'count'?",
            ]
        )
    }

    @Test(arguments: [
        ("", "1:1: The file is empty; a pipeline needs at least 'name' and 'goal'."),
        ("# nothing\n", "1:1: The file is empty; a pipeline needs at least 'name' and 'goal'."),
        ("pytest\n", "1:1: A pipeline is a mapping of keys such as 'name' and 'goal'; this is none."),
        ("- a\n", "1:1: A pipeline is a mapping of keys such as 'name' and 'goal'; this is none."),
        ("goal: pytest\n", "1:1: Missing required field 'name': What the pipeline is called."),
        ("name: 5\ngoal: pytest\n", "1:7: Field 'name' must be text, but is 5."),
        ("name: a\ngoal: 5\n", "2:7: Field 'goal' must be the name of a gate, or a mapping, but is 5."),
        ("name: a\ngoal:\n", "1:1: Missing required field 'goal': What must become true: a gate's name, or a mapping."),
        (
            "name: a\ngoal:\n  editable: [a]\n",
            "2:1: A goal names exactly one of 'gate', 'all', 'any', 'not' and 'best'; this one names 0."
        ),
        (
            "name: a\ngoal: {}\n",
            "2:7: A goal names exactly one of 'gate', 'all', 'any', 'not' and 'best'; this one names 0."
        ),
        (
            "name: a\ngoal: { gate: pytest, confirm: 0 }\n",
            "2:32: Field 'goal.confirm' must be from 1 to 100, but is 0."
        ),
        (
            "name: .inf\ngoal: pytest\n",
            "1:7: '.inf' is no number that can be kept: put it in quotes if it is meant as text."
        ),
        ("name: 1e999\ngoal: pytest\n", "1:7: The number 1e999 is too big: put it in quotes if it is meant as text."),
        (
            "name: a\ngoal: pytest\nlimits: { turns: 99999999999999999999 }\n",
            "3:18: The number 99999999999999999999 is too big: put it in quotes if it is meant as text."
        ),
    ])
    func aWrongDocumentIsExplained(text: String, sentence: String) {
        #expect(sentences(text) == [sentence])
    }

    @Test(
        arguments: [
            ("~", .null), ("null", .null), ("", .null), ("true", true), ("False", false), ("TRUE", true),
            ("yes", "yes"), ("on", "on"), ("No", "No"), ("tRUE", "tRUE"), ("12", 12), ("-12", -12), ("+12", 12),
            ("0o17", 15),
            ("0x1F", 31), ("012", 12), ("0b1", "0b1"), ("1_000", "1_000"), ("1.5", 1.5), ("-.5", -0.5), ("1.", 1.0),
            ("1e3", 1000.0), ("1e", "1e"), (".", "."), ("1:30", "1:30"), ("2026-11-21", "2026-11-21"), ("'12'", "12"),
            ("\"true\"", "true"), ("0x", "0x"), ("0o8", "0o8"), ("-", .array([.null])),
        ] as [(String, JSONValue)]
    )
    func plainTextMeansWhatTheCoreSchemaSays(text: String, value: JSONValue) throws {
        let line = text == "-" ? "\n      -" : text
        let yaml = "name: a\ngoal: pytest\nproviders:\n  x:\n    y: \(line)\n"
        let pipeline = try? PipelineLoader(sources()).load(yaml, file: "a.yaml").pipeline
        #expect(pipeline?.providers["x"]?["y"] == value)
    }

    @Test func theFileItselfMayBeMissing() {
        #expect(
            throws: Diagnostics([Diagnostic(.error, "Cannot read this file: there is no such file.", in: "no.yaml")])
        ) {
            try PipelineLoader(sources()).load(file: "no.yaml")
        }
        #expect(
            throws: Diagnostics([
                Diagnostic(.error, "There is no built-in pipeline 'pytset'. Did you mean 'pytest'?", in: "pytset")
            ])
        ) {
            try PipelineLoader(sources(builtIn: ["pytest": ""])).load(builtIn: "pytset")
        }
    }

    @Test func aFileIsReadFromTheDisk() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(Self.small.utf8).write(to: URL(filePath: path))
        let loader = PipelineLoader(PipelineSources(read: PipelineSources.disk), registry: TestModules.registry)
        #expect(try loader.load(file: path).pipeline.name == "fix-tests")
        let directory = FileManager.default.temporaryDirectory.path
        #expect(throws: Diagnostics([Diagnostic(.error, "Cannot read this file: it is a directory.", in: directory)])) {
            try loader.load(file: directory)
        }
    }

    @Test func noMoreThanAHundredMistakesAreTold() {
        let text = (0..<500).map { "unknown\($0): 1\n" }.joined() + Self.small
        let all = sentences(text)
        #expect(all.count == 101)
        #expect(all.last == "0:0: There are 400 more mistakes.")
    }
}
