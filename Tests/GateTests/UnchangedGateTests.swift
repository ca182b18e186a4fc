import PipelineKit
import PipelineTesting
import Testing

@testable import CommandGate

/// What a command prints now, beside what it printed at the start.
struct UnchangedGateTests {
    private static let start = ["api.txt": "add(a, b)\nmean(numbers)\nadd(a, b)\n"]

    private func verdict(_ now: String, command: String = "cat api.txt") async throws -> Verdict {
        try await GateTrial.verdict(
            of: UnchangedGate.self,
            ["api.txt": now],
            ["command": .string(command), "timeout": "20s"],
            before: Self.start
        )
    }

    @Test func keepsTheGatesPromises() async throws {
        let verdict = try await expectConformance(
            of: UnchangedGate.self,
            settings: ["command": "echo same"],
            required: ["command"]
        )
        #expect(verdict.reason == "'echo same' prints the same as at the start.")
    }

    @Test(arguments: [
        (start["api.txt"]!, true, "'cat api.txt' prints the same as at the start.", ""),
        (
            "add(a, b)\nmean(values)\nadd(a, b)\nmode(values)\n", false,
            "'cat api.txt' prints something else than at the start: 1 line is gone, and 2 lines are new.",
            "- mean(numbers)\n+ mean(values)\n+ mode(values)"
        ),
        (
            "add(a, b)\nmean(numbers)\n", false,
            "'cat api.txt' prints something else than at the start: 1 line is gone.", "- add(a, b)"
        ),
        (
            "mean(numbers)\nadd(a, b)\nadd(a, b)\n", false,
            "'cat api.txt' prints its lines in another order than at the start.", ""
        ),
        (
            "", false, "'cat api.txt' prints something else than at the start: 3 lines are gone.",
            "- add(a, b)\n- mean(numbers)\n- add(a, b)"
        ),
    ])
    func whatIsPrintedIsCompared(now: String, holds: Bool, reason: String, details: String) async throws {
        let verdict = try await verdict(now)
        #expect(verdict.holds == holds)
        #expect(verdict.reason == reason)
        #expect(verdict.details == details)
    }

    @Test func whereTheTreesStandIsNoDifference() async throws {
        #expect(try await verdict("", command: "pwd").holds)
    }

    @Test func aCommandThatFailsNowDoesNotHold() async throws {
        let command = "cat api.txt; echo broken >&2; grep -q mean api.txt"
        let verdict = try await verdict("add(a, b)\n", command: command)
        #expect(verdict.outcome == .failed && verdict.reason == "'\(command)' exited with 1.")
        #expect(verdict.details == "add(a, b)\nbroken\n")
    }

    @Test(arguments: [
        ("true", "'true' printed nothing at the start, so there is nothing to compare with."),
        (
            "echo a; echo no tool >&2; exit 3",
            """
            'echo a; echo no tool >&2; exit 3' exited with 3 at the start, so there is nothing to compare with. It said \
            last: no tool
            """
        ),
    ])
    func withoutAStartThereIsNoVerdict(command: String, message: String) async throws {
        await #expect(throws: Failure(.invalidInput, message)) { try await verdict("", command: command) }
    }

    @Test func withoutARunThereIsNoStart() async throws {
        let failure = try await GateTrial.failure(of: UnchangedGate.self, [:], ["command": "echo a"])
        #expect(failure?.message == "There is no run here, and so nothing to compare the work with.")
    }

    @Test(
        arguments: [
            (["command": " "], "Field 'command' must be a command line, but is empty."),
            (["command": "x", "timeout": "0s"], "Field 'timeout' must be longer than 0s."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: UnchangedGate.self, settings) == message)
    }

    /// Lines that are taken out and put in are those that are told, whatever they are.
    @Test func nothingIsToldThatDidNotChange() {
        var dice = Dice(seed: 43)
        for _ in 0..<200 {
            let before = (0..<dice.roll(0...12)).map { _ in "\(dice.roll(0...5))" }
            let after = (0..<dice.roll(0...12)).map { _ in "\(dice.roll(0...5))" }
            let verdict = LineComparison(before: before, after: after).verdict(on: "it")
            #expect(verdict.holds == (before == after))
            let told = verdict.details.split(separator: "\n")
            let gone = told.filter { $0.hasPrefix("- ") }.map { String($0.dropFirst(2)) }
            let new = told.filter { $0.hasPrefix("+ ") }.map { String($0.dropFirst(2)) }
            #expect((before + new).sorted() == (after + gone).sorted())
            #expect(Set(gone).isDisjoint(with: new))
        }
    }
}
