import PipelineKit
import Testing

/// Rules hold for calls by the tool, by its arguments, and by what the call may touch.
struct ToolRuleTests {
    typealias Command = ProposedLine.Command

    private func call(_ tool: String, _ arguments: JSONValue, reach: Set<Reach> = [.writes]) -> RuledCall {
        RuledCall(names: [tool], arguments: arguments, scope: CallScope(reach), directory: "/srv/calc")
    }

    private func line(_ text: String, _ commands: [Command], isKnown: Bool = true) -> RuledCall {
        let known = commands.reduce(into: Set([Reach.reads])) { $0.formUnion($1.reach) }
        let reach = isKnown ? known : [.reads, .writes, .runs, .network]
        let line = ProposedLine(argument: "command", commands: commands, isKnown: isKnown)
        return RuledCall(
            names: ["bash_exec"],
            arguments: ["command": .string(text)],
            scope: CallScope(reach, line: line),
            directory: "/srv/calc"
        )
    }

    private let status = Command("git status", reach: [.reads])
    private let make = Command("make test", reach: [.reads, .writes, .runs, .network])

    @Test(
        arguments: [
            ("write", ["tool": "write"]), (["tool": "bash_*", "with": ["command": "git *"]], nil),
            (["tool": "bash_exec", "reach": ["network", "writes"]], nil),
            (["tool": "write", "exactly": ["file": "a"]], nil),
        ] as [(JSONValue, JSONValue?)]
    )
    func aRuleIsReadAndItsNormalFormReadsBackToItself(json: JSONValue, other: JSONValue?) {
        let rule = reading(ToolRule.self, json).value
        #expect(rule?.json == json)
        if let other { #expect(reading(ToolRule.self, other).value == rule) }
    }

    @Test(
        arguments: [
            (5, "The value must be a tool, or a mapping of tool, with and reach, but is 5."),
            (["with": [:]], "Missing required field 'tool': Name of a tool; * stands for any characters."),
            (["tool": "a", "reach": []], "Field 'reach' must name something, but is empty."),
            (
                ["tool": "a", "reach": ["write"]],
                "Field 'reach[0]' must be one of reads, writes, runs, network, outside, but is \"write\". Did you mean 'writes'?"
            ),
            (["tool": "a", "exactly": 5], "Field 'exactly' must be a mapping of arguments, but is 5."),
        ] as [(JSONValue, String)]
    )
    func aRuleThatCannotBeIsRefused(json: JSONValue, message: String) {
        #expect(reading(ToolRule.self, json).messages == [message])
    }

    @Test func anArgumentIsMatchedAsThePathThatItIs() {
        let policy = ToolPolicy(allow: [ToolRule("write", with: ["file": "src/*"])])
        for file in ["src/a", "./src/a", "src//a", "src/./b/a", "/srv/calc/src/a"] {
            #expect(policy.rule(for: call("write", ["file": .string(file)])) == .allow, "\(file)")
        }
        for file in ["src/../x", "../src/a", "a/src/b", "/etc/src/a", "src"] {
            #expect(policy.rule(for: call("write", ["file": .string(file)])) == .deny, "\(file)")
        }
    }

    @Test func whatIsDeniedCannotBeReachedByAnotherSpelling() {
        let policy = ToolPolicy(allow: ["write"], deny: [ToolRule("write", with: ["file": "secrets/*"])])
        for file in ["secrets/a", "./secrets/a", "secrets//a", "src/../secrets/a", "/srv/calc/secrets/a"] {
            #expect(policy.rule(for: call("write", ["file": .string(file)])) == .deny, "\(file)")
        }
        #expect(policy.rule(for: call("write", ["file": "src/a"])) == .allow)
    }

    @Test func anArgumentThatIsNoTextIsMatchedAsJSON() {
        let policy = ToolPolicy(allow: ["t"], deny: [ToolRule("t", with: ["n": "[1,*"])])
        #expect(policy.rule(for: call("t", ["n": [1, 2]])) == .deny)
        #expect(policy.rule(for: call("t", ["n": [2]])) == .allow)
        #expect(policy.rule(for: call("t", [:])) == .allow)
    }

    @Test func reachIsAnyOfThemInAskAndAllOfThemInAllow() {
        let policy = ToolPolicy(
            allow: [ToolRule("*", reach: [.reads, .writes])],
            ask: [ToolRule("*", reach: [.network])],
            otherwise: .ask
        )
        #expect(policy.rule(for: call("t", [:], reach: [.reads])) == .allow)
        #expect(policy.rule(for: call("t", [:], reach: [.reads, .writes])) == .allow)
        #expect(policy.rule(for: call("t", [:], reach: [.reads, .network])) == .ask)
        #expect(policy.rule(for: call("t", [:], reach: [.runs])) == .ask)
    }

    @Test func aLineIsAllowedWhenEachOfItsCommandsIs() {
        let policy = ToolPolicy(
            allow: [
                ToolRule("bash_exec", with: ["command": "git *"]), ToolRule("bash_exec", with: ["command": "make *"]),
            ],
            otherwise: .ask
        )
        #expect(policy.rule(for: line("git status && make test", [status, make])) == .allow)
        #expect(policy.rule(for: line("git status; rm x", [status, Command("rm x", reach: [.writes])])) == .ask)
        #expect(policy.rule(for: line("git status > x", [status, Command("> x", reach: [.writes])])) == .ask)
        #expect(policy.rule(for: line("git status; $x", [status], isKnown: false)) == .ask)
    }

    @Test func aLineIsDeniedWhenAnyOfItsCommandsIs() {
        let policy = ToolPolicy(allow: ["bash_exec"], deny: [ToolRule("bash_exec", with: ["command": "rm *"])])
        let sudo = Command("sudo rm x", inner: ["rm x", "x"], reach: [.writes])
        #expect(policy.rule(for: line("git status; rm x", [status, Command("rm x", reach: [.writes])])) == .deny)
        #expect(policy.rule(for: line("sudo rm x", [sudo])) == .deny)
        #expect(policy.rule(for: line("git status", [status])) == .allow)
    }

    @Test func whatNobodyCanSeeBeforehandIsAskedWhereARuleForbidsCommands() {
        let policy = ToolPolicy(allow: ["bash_exec"], deny: [ToolRule("bash_exec", with: ["command": "rm *"])])
        #expect(policy.rule(for: line("$x y", [Command("$x y", reach: [.writes])], isKnown: false)) == .ask)
        #expect(ToolPolicy(allow: ["bash_exec"]).rule(for: line("$x y", [], isKnown: false)) == .allow)
    }

    @Test func aCommandThatOnlyStartsAnotherCountsAsThatOne() {
        let policy = ToolPolicy(allow: [ToolRule("bash_exec", with: ["command": "make *"])])
        let timeout = Command("timeout 5 make test", alone: "make test", inner: ["make test"], reach: [.runs])
        let sudo = Command("sudo make test", inner: ["make test"], reach: [.runs])
        #expect(policy.rule(for: line("timeout 5 make test", [timeout])) == .allow)
        #expect(policy.rule(for: line("sudo make test", [sudo])) == .deny)
    }

    @Test func linesThatOnlyReadNeedNoQuestionByDefault() {
        let outside = Command("cat /etc/passwd", reach: [.reads, .outside])
        #expect(ToolPolicy().rule(for: line("git status", [status])) == .allow)
        #expect(ToolPolicy().rule(for: line("make test", [make])) == .ask)
        #expect(ToolPolicy().rule(for: line("cat /etc/passwd", [outside])) == .ask)
        #expect(ToolPolicy().rule(for: line("x; $y", [], isKnown: false)) == .ask)
    }

    @Test func whatWasGrantedStandsBeforeAskAndNeverBeforeDeny() {
        let granted = [ToolRule("bash_exec", with: ["command": "make *"])]
        let asking = ToolPolicy(allow: [], ask: ["bash_exec"])
        let denying = ToolPolicy(allow: ["bash_exec"], deny: [ToolRule("bash_exec", reach: [.network])])
        #expect(asking.rule(for: line("make test", [make]), granted: granted) == .allow)
        #expect(asking.rule(for: line("git status", [status]), granted: granted) == .ask)
        #expect(denying.rule(for: line("make test", [make]), granted: granted) == .deny)
        #expect(ToolPolicy(allow: ["write"]).rule(for: line("make test", [make]), granted: granted) == .deny)
    }

    @Test func exactlyTheSameLineIsAllowedWhateverElseTheCallSays() {
        let rule = ToolRule("bash_exec", exactly: ["command": "make test; $x"])
        var same = line("make test; $x", [make], isKnown: false)
        #expect([rule].cover(same))
        same.arguments = ["command": "make test; $x", "timeout": 5]
        #expect([rule].cover(same))
        #expect(![rule].cover(line("make test", [make])))
        #expect(![ToolRule("t", exactly: ["a": 1])].cover(call("t", ["a": 1, "b": 2])))
    }

    @Test func patternsStandForTheToolsThatThereAre() {
        let policy = ToolPolicy(allow: ["file_*", "look"], deny: ["file_write"])
        #expect(policy.offered(among: ["file_read", "file_write", "look", "other"]) == ["file_read", "look"])
    }
}
