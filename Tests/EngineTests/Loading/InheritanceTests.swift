import PipelineEngine
import PipelineKit
import Testing

struct InheritanceTests {
    static let base = """
        name: pytest
        goal: { gate: pytest, with: { args: [-q], runs: 2 }, editable: [src/**] }
        tools: [file_read, file_list]
        limits: { iterations: 5, turns: 7 }

        """

    @Test func deeperKeysWinAndListsReplace() throws {
        let text = """
            name: mine
            extends: pytest
            goal: { with: { args: [-x] } }
            limits: { turns: 9 }

            """
        let pipeline = try loaded(text, sources(builtIn: ["pytest": Self.base]))
        #expect(pipeline.extends == nil)
        #expect(pipeline.name == "mine")
        #expect(pipeline.goal?.judge == .gate("pytest", with: ["args": ["-x"], "runs": 2]))
        #expect(pipeline.goal?.editable == ["src/**"])
        #expect(pipeline.limits.iterations == 5)
        #expect(pipeline.limits.turns == 9)
        #expect(pipeline.tools.allow == ["file_read", "file_list"])
        #expect(pipeline.tools.ask == [])
    }

    @Test(arguments: [
        ("goal: pyright", Goal(.gate("pyright", with: [:]), editable: ["src/**"])),
        ("goal: { all: [pytest] }", Goal(.all([.gate("pytest", with: [:])]), editable: ["src/**"])),
        (
            "goal: { protect: [t/**] }",
            Goal(.gate("pytest", with: ["args": ["-q"], "runs": 2]), protect: ["t/**"])
        ),
        ("goal: pytest", Goal(.gate("pytest", with: ["args": ["-q"], "runs": 2]), editable: ["src/**"])),
    ])
    func anotherGoalReplacesWhatItExcludes(line: String, goal: Goal) throws {
        let pipeline = try loaded("name: a\nextends: pytest\n\(line)\n", sources(builtIn: ["pytest": Self.base]))
        #expect(pipeline.goal == goal)
    }

    @Test func aListOfToolsIsMergedAsWhatItStandsFor() throws {
        let pipeline = try loaded(
            "extends: pytest\ntools: { deny: [web_search] }\n",
            sources(builtIn: ["pytest": Self.base])
        )
        #expect(pipeline.tools == ToolPolicy(allow: ["file_read", "file_list"], deny: ["web_search"]))
    }

    @Test func aFileIsFoundBesideTheOneThatExtendsIt() throws {
        let files = [
            "dir/mid.yaml": "extends: ./low/base.yaml\nname: mid\n",
            "dir/./low/base.yaml": "extends: ../../top.yaml\nname: base\n",
            "dir/./low/../../top.yaml": Self.base,
        ]
        #expect(try loaded("extends: dir/mid.yaml\n", sources(files)).limits.iterations == 5)
    }

    @Test func aMistakeInAParentIsToldWithItsFile() {
        let base = "name: base\ngoal: pytset\nlimits:\n  turns: no\n"
        #expect(
            told("extends: base.yaml\nmodle: openai/x\n", sources(["base.yaml": base])) == """
                fix.yaml:2:1: error: Unknown field 'modle'. Did you mean 'model'?
                  2 | modle: openai/x
                    | ^~~~~
                base.yaml:2:7: error: Unknown gate 'pytset'. Did you mean 'pytest'?
                  2 | goal: pytset
                    |       ^~~~~~
                base.yaml:4:10: error: Field 'limits.turns' must be a whole number, but is "no".
                  4 | turns: no
                    |        ^~
                """
        )
    }

    @Test(arguments: [
        ("extends: pytset", "1:10: Unknown pipeline 'pytset'. Did you mean 'pytest'?"),
        ("extends: other", "1:10: Unknown pipeline 'other'. A file is named with its ending: 'other.yaml'."),
        ("extends: no.yaml", "1:10: Cannot read 'no.yaml': there is no such file."),
        ("extends: fix.yaml", "1:10: A pipeline may not extend itself: fix.yaml → fix.yaml."),
        ("extends: 5", "1:10: Field 'extends' must be text, but is 5."),
        ("extends: broken.yaml", "1:4: Expected a value, but found ']'."),
        ("extends: a.yaml", "1:10: A pipeline may not extend itself: fix.yaml → a.yaml → b.yaml → a.yaml."),
        (
            "extends: c.yaml",
            "1:10: Cannot read 'no.yaml': there is no such file. The chain is fix.yaml → c.yaml → no.yaml."
        ),
        (
            "extends: bad",
            "1:10: The built-in pipeline 'bad.yaml (built in)' may not extend the file '/etc/passwd.yaml'."
        ),
        (
            "extends: 1.yaml",
            "1:10: More than 8 pipelines extend one another: fix.yaml → 1.yaml → 2.yaml → 3.yaml → 4.yaml → 5.yaml"
                + " → 6.yaml → 7.yaml → 8.yaml."
        ),
    ])
    func whatCannotBeExtendedIsNamed(line: String, sentence: String) {
        var files = [
            "broken.yaml": "a: ]\n", "a.yaml": "extends: b.yaml",
            "b.yaml": "extends: ./a.yaml".replacing("./", with: ""),
            "c.yaml": "extends: no.yaml", "fix.yaml": "extends: fix.yaml",
        ]
        for number in 1...9 { files["\(number).yaml"] = "extends: \(number + 1).yaml" }
        let known = sources(files, builtIn: ["pytest": Self.base, "bad": "extends: /etc/passwd.yaml"])
        let isText = line != "extends: 5"
        #expect(sentences("\(line)\n\(isText ? "" : "name: a\ngoal: pytest\n")", known) == [sentence])
    }

    @Test func theSameFileUnderAnotherNameIsACycleToo() {
        let known = sources(["./x/../fix.yaml": "extends: fix.yaml"])
        #expect(
            sentences("extends: ./x/../fix.yaml", known) == [
                "1:10: A pipeline may not extend itself: fix.yaml → ./x/../fix.yaml."
            ]
        )
    }
}
