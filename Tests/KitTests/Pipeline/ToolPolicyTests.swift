import PipelineKit
import Testing

/// Which tools may be called.
struct ToolPolicyTests {
    static let policies: [(JSONValue, ToolPolicy)] = [
        (["a", "b"], ToolPolicy(allow: ["a", "b"])), ([], ToolPolicy(allow: [])), ([:], ToolPolicy()),
        (["allow": ["bash_exec"]], ToolPolicy(allow: ["bash_exec"])),
        (
            ["ask": ["file_read"]],
            ToolPolicy(allow: ToolPolicy.standard.filter { $0 != "file_read" }, ask: ["file_read"])
        ),
        (["deny": ["bash_exec"]], ToolPolicy(allow: ToolPolicy.standard, deny: ["bash_exec"])),
        (
            ["allow": ["a"], "ask": ["b"], "deny": ["c"], "with": ["a": ["n": 1]]],
            ToolPolicy(allow: ["a"], ask: ["b"], deny: ["c"], with: ["a": ["n": 1]])
        ),
    ]

    @Test(arguments: policies)
    func aPolicyIsReadAndItsNormalFormReadsBackToItself(json: JSONValue, policy: ToolPolicy) {
        #expect(reading(ToolPolicy.self, json).value == policy)
        #expect(reading(ToolPolicy.self, policy.json).value == policy)
    }

    @Test(
        arguments: [
            (
                "bash_exec",
                "The value must be a list of tools, or a mapping of allow, ask and deny, but is \"bash_exec\"."
            ),
            (["a", 5], "Field '[1]' must be a tool, or a mapping of tool, with and reach, but is 5."),
            (["deny": "a"], "Field 'deny' must be a list, but is \"a\"."),
        ] as [(JSONValue, String)]
    )
    func aPolicyThatCannotBeIsRefused(json: JSONValue, message: String) {
        #expect(reading(ToolPolicy.self, json).messages == [message])
    }

    private static func call(_ names: [String]) -> RuledCall {
        RuledCall(names: names, arguments: [:], scope: CallScope([.writes]), directory: "/")
    }

    @Test func denyWinsOverAskAndAskOverAllow() {
        let policy = ToolPolicy(allow: ["a", "b", "c"], ask: ["b", "c"], deny: ["c"])
        #expect(["a", "b", "c", "d"].map { policy.rule(for: Self.call([$0])) } == [.allow, .ask, .deny, .deny])
    }

    @Test func aToolIsKnownUnderAllItsNames() {
        let settings: [String: JSONValue] = ["run_pytest": ["x": 1]]
        let policy = ToolPolicy(allow: ["run_pytest"], ask: ["shell"], deny: ["rm"], with: settings)
        #expect(policy.rule(for: Self.call(["run_tests", "run_pytest"])) == .allow)
        #expect(policy.rule(for: Self.call(["run_pytest", "shell"])) == .ask)
        #expect(policy.rule(for: Self.call(["run_pytest", "rm"])) == .deny)
        #expect(policy.settings(for: ["run_tests", "run_pytest"]) == ["x": 1])
    }

    @Test func aModelIsToldOfEachToolOnce() {
        #expect(
            ToolPolicy(allow: ["b", "a", "b", "c"], ask: ["a", "d"], deny: ["c"]).offered(among: []) == ["b", "a", "d"]
        )
    }
}
