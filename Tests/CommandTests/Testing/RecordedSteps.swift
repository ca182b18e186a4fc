import Foundation
import PipelineKit
import Testing

/// Runs with steps whose model is a program, so that it can say something else in each run of a step; each is recorded as a test,
/// which is then played without the program.
struct RecordedSteps {
    /// Looks for the first rule all of whose words the model is told, and says what that has for this try, reply by reply.
    private static let program = """
        import json, pathlib, sys
        here = pathlib.Path(sys.argv[1])
        request = json.load(sys.stdin)
        told = request["system"] + request["messages"][0]["text"]
        turn = sum(message["role"] == "assistant" for message in request["messages"])
        for number, rule in enumerate(json.loads((here / "said.json").read_text())):
            if not all(word in told for word in rule["told"]):
                continue
            count = here / f"count-{number}"
            tries = int(count.read_text()) if count.exists() else 0
            if turn == 0:
                tries += 1
                count.write_text(str(tries))
            reply = rule["tries"][min(tries, len(rule["tries"])) - 1][turn]
            print(json.dumps({"stop": "finished", **reply}))
            sys.exit()
        sys.exit("Nobody said what to say to: " + told)

        """

    /// What the model says when it is told these words: in each run of them, the last for all further ones.
    struct Rule {
        var told: [String]
        var tries: [[JSONValue]]

        init(_ told: String..., tries: [JSONValue]...) { (self.told, self.tries) = (told, tries) }

        var json: JSONValue {
            ["told": .array(told.map(JSONValue.string)), "tries": .array(tries.map(JSONValue.array))]
        }
    }

    static func call(_ tool: String, _ arguments: JSONValue) -> JSONValue {
        ["calls": [["tool": .string(tool), "arguments": arguments]]]
    }

    static func write(_ path: String, _ content: String) -> JSONValue {
        call("file_write", ["path": .string(path), "content": .string(content)])
    }

    let bench: Bench
    /// What a pipeline says of where its model is.
    let providers: String

    /// Lays out the pipeline `p.yaml` and what its model says.
    init(_ pipeline: String, _ rules: [Rule], in bench: Bench) throws {
        self.bench = bench
        providers = "providers: { command: { run: [python3, \(bench.root)/model.py, \(bench.root)] } }"
        let head = "name: p\nmodel: command/local\n\(providers)\nworkspace: { sandbox: off }\n"
        try bench.write(head + pipeline, to: "p.yaml")
        try bench.write(Self.program, to: "model.py")
        try bench.write(JSONValue.array(rules.map(\.json)).jsonText, to: "said.json")
    }

    /// Runs the pipeline as a person does who gives these answers, each the words of a `sluice approve`.
    func run(_ answers: [[String]] = [], status: Int32 = 0) async throws {
        var ended = try await bench.sluice("run", "p.yaml", "--cwd", "project", "--id", "r1")
        for words in answers {
            try #require(ended.status == 2, "\(ended)")
            ended = try await bench.start(["approve", "r1"] + words + ["--resume"]).ended()
        }
        try #require(ended.status == status, "\(ended)")
    }

    /// Records the run, and plays what was recorded while there is no model.
    @discardableResult
    func record() async throws -> JSONValue {
        let wrote = try await bench.sluice("test", "--record", "p.test.yaml", "r1")
        try #require(wrote.status == 0, "\(wrote)")
        try FileManager.default.removeItem(atPath: "\(bench.root)/model.py")
        let played = try await bench.sluice("test", "p.test.yaml")
        let text = try #require(bench.read("p.test.yaml"))
        #expect(played.status == 0, "\(played)\n\(text)")
        let program = "import json, yaml; print(json.dumps(yaml.safe_load(open('p.test.yaml'))))"
        let json = try JSONValue(parsing: try await bench.run("\(Bench.package)/.venv/bin/python3", "-c", program))
        return try #require(json["tests"]?.elements.first)
    }
}

extension RecordedSteps {
    /// What a model says that always uses as much: in another pass it is told more.
    static func say(_ text: String) -> JSONValue {
        ["text": .string(text), "usage": ["input": 9, "output": 3]]
    }
    static func note(_ path: String, _ content: String) -> JSONValue {
        .object(write(path, content).members.merging(["usage": ["input": 9, "output": 3]]) { $1 })
    }

    /// The texts that a list of replies has, in order.
    static func texts(_ script: JSONValue?) -> [String] {
        (script?.elements ?? []).compactMap { $0["text"]?.text }
    }

    /// Which runs a step is told in, as `pass 1 element 2: Two.`
    static func runs(_ step: JSONValue?) -> [String] {
        (step?["runs"]?.elements ?? []).map { run in
            let places = ["pass", "element", "attempt"].compactMap { key in run[key]?.integer.map { "\(key) \($0)" } }
            return "\(places.joined(separator: " ")): \(texts(run["model"]).joined(separator: " "))"
        }
    }

    /// The steps whose ends are expected: `plan passed`.
    static func ends(_ test: JSONValue) -> [String] {
        (test["expect"]?["events"]?.elements ?? []).compactMap { event in
            guard let body = event["body"], event["type"] == "step.finished" else { return nil }
            return "\(body["step"]?.text ?? "") \(body["status"]?.text ?? "")"
        }
    }
}

/// Hands over the stage of a run with steps.
func withSteps(
    _ pipeline: String,
    _ rules: [RecordedSteps.Rule],
    _ body: (RecordedSteps) async throws -> Void
) async throws {
    try await withBench { bench in try await body(RecordedSteps(pipeline, rules, in: bench)) }
}
