import PipelineEngine
import PipelineKit
import StandardModules
import Testing

/// Every gate can be started by its name alone, or says why not.
struct GatePipelineTests {
    private static let gates = Registry.standard().gates
    private static let names = gates.keys.map(\.value).sorted()

    /// What only a file can say.
    private static let needingAFile = ["api-test"]

    @Test(arguments: names) func theNameOfAGateIsAPipeline(name: String) throws {
        let gate = try #require(Self.gates[ModuleID(name)])
        let text: String
        do throws(GatePipeline.Problem) { text = try GatePipeline(name, gate).text() } catch {
            #expect(Self.needingAFile.contains(name))
            #expect(error == .moreThanAWord("endpoints", kind: "list of mapping"))
            return
        }
        #expect(!Self.needingAFile.contains(name))
        // What has to be given is not known yet, and so neither is what goes with it.
        guard GatePipeline(name, gate).missing(given: [:]).isEmpty else { return }
        #expect(mistakes(text, name) == [Self.lacks[name]].compactMap(\.self))
    }

    /// What is said of those that need one of several settings.
    private static let lacks = [
        "junit": "Field 'report' must name the reports when there is no 'command' to write them.",
        "perf-check": "Field 'max_seconds' must say how much the command may take.",
        "sarif": "Field 'report' must name the reports when there is no 'command' to write them.",
    ]

    /// The example of a gate is something that it takes: its settings, given as words, lint.
    @Test(arguments: names.filter { !needingAFile.contains($0) })
    func theSettingsOfTheExampleCanBeGiven(name: String) throws {
        let gate = try #require(Self.gates[ModuleID(name)])
        let given = gate.example.members.mapValues { value in
            value.text == nil ? .string((value.elements.first ?? value).text ?? value.jsonText) : value
        }
        #expect(mistakes(try GatePipeline(name, gate).text(given: given), name) == [])
    }

    private func mistakes(_ text: String, _ name: String) -> [String] {
        do throws(Diagnostics) { return try PipelineTests.loader.load(text, file: name).warnings.map(\.message) } catch
        {
            return error.all.map(\.message)
        }
    }

    @Test func settingsBecomeInputsOfTheirKind() throws {
        let gate = try #require(Self.gates["coverage"])
        let text = try GatePipeline("coverage", gate).text(given: ["report": "*.xml", "timeout": "5m"])
        let json = try JSONValue(parsing: text)
        #expect(
            json["inputs"]?.members.mapValues { $0["type"] } == [
                "at_least": "number", "report": "string", "timeout": "string",
            ]
        )
        let with: JSONValue = [
            "at_least": "${inputs.at_least}", "report": ["${inputs.report}"], "timeout": "${inputs.timeout}",
        ]
        #expect(json["goal"] == ["gate": "coverage", "with": with])
        #expect(json["description"]?.text == gate.summary)
    }

    /// As far as it is of the type that is asked for; what is not is told when the inputs are filled in.
    @Test func whatIsGivenIsTheDefault() throws {
        let gate = try #require(Self.gates["coverage"])
        for (text, value) in [("80", 80), ("many", nil)] as [(String, JSONValue?)] {
            let made = try GatePipeline("coverage", gate).text(given: ["at_least": .string(text)])
            #expect(try JSONValue(parsing: made)["inputs"]?["at_least"]?["default"] == value)
        }
    }

    @Test func whatIsNoSettingIsToldWithTheNearest() throws {
        let gate = try #require(Self.gates["ruff"])
        #expect(throws: GatePipeline.Problem.unknown("direktory", near: " Did you mean 'directory'?")) {
            try GatePipeline("ruff", gate).text(given: ["direktory": "web", "args": "-q"])
        }
    }
}
