import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import ProviderKit
import Synchronization
import Testing

@testable import CommandProvider

/// Programs that give no reply.
@Suite(.timeLimit(.minutes(5)))
struct ProgramFailureTests {
    @Test(arguments: [
        ("true", "exited with 0 and printed no reply."),
        ("echo Loading. >&2", "exited with 0 and printed no reply. Its last words: 'Loading.'."),
        (
            #"echo '{"text": "Half a"}'"#,
            "exited with 0, but nothing that it printed has 'stop'. Its reply was cut after 'Half a'."
        ),
        ("exit 3", "exited with 3."),
        ("echo first >&2; printf 'last!\\n\\n' >&2; exit 1", "exited with 1: last!"),
        ("kill -9 $$", "exited with 137."),
        ("echo Loading the model; exit 0", "printed what is no JSON object: 'Loading the model'."),
        ("echo '[1]'", "printed what is no JSON object: '[1]'."),
        (#"echo '{"text": "a"}'; echo oops; sleep 600"#, "printed what is no JSON object: 'oops'."),
        (#"printf '{"text": "a"}\n{"text":'"#, #"printed what is no JSON object: '{"text":'."#),
        (
            #"echo '{"stop": "finished"}'; echo '{"text": "more"}'; sleep 600"#,
            #"went on after 'stop': '{"text": "more"}'."#
        ),
        (
            #"echo '{"txt": "a", "stop": "stop"}'; sleep 600"#,
            """
            printed an object that is no part of a reply. Unknown field 'txt'. Did you mean 'text'? Field 'stop' must be \
            one of finished, length, filtered, but is "stop".
            """
        ),
        ("yes 0123456789 | tr -d '\\n'", "printed more than 64 MiB."),
    ])
    func itIsToldWhy(line: String, message: String) async {
        await #expect {
            try await ProgramExample(line: line).ask()
        } throws: { error in
            let told = "'\(Command.shell(line, in: "/"))' \(message)"
            #expect("\(error)" == told)
            return (error as? Failure)?.kind == .unavailable
        }
    }

    static let told = #"""
        {"reasoning": "Hm."}
        {"text": "Grü", "calls": [{"tool": "t"}]}
        {"text": "ße.", "stop": "finished"}
        """#

    private func read(_ pieces: some Sequence<Substring>) throws -> ProgramDraft {
        var reader = ProgramReader(of: "it", for: "m")
        for piece in pieces { _ = try reader.take(String(piece)) }
        _ = try reader.finish()
        return reader.draft
    }

    @Test func itDoesNotMatterHowAReplyIsCutIntoPieces() throws {
        for size in 1...40 {
            let starts = stride(from: 0, to: Self.told.count, by: size)
            let draft = try read(starts.map { Self.told.dropFirst($0).prefix(size) })
            #expect(draft.text == "Grüße." && draft.calls == [DraftCall(tool: "t", arguments: "{}")])
            #expect(draft.stop == .finished)
        }
    }

    @Test func aReplyThatEndsEarlyIsNone() throws {
        for count in 0..<Self.told.count {
            let draft = try? read([Self.told.prefix(count)])
            #expect(draft?.stop == nil, "cut after \(count) characters")
        }
    }

    @Test func aCallWithoutANameIsNone() async {
        let line = #"echo '{"calls": [{"tool": ""}], "stop": "finished"}'"#
        let message = "The answer of '\(Command.shell(line, in: "/"))' asks for a call and names no tool."
        await #expect(throws: Failure(.unavailable, message)) { try await ProgramExample(line: line).ask() }
    }

    @Test(
        arguments: [
            (64, .invalidInput, false), (65, .invalidInput, false), (66, .missing, false), (72, .missing, false),
            (78, .missing, false), (126, .missing, false), (127, .missing, false), (75, .rateLimited, false),
            (77, .denied, false), (124, .timedOut, false), (1, .unavailable, true), (2, .unavailable, true),
        ] as [(Int, Failure.Kind, Bool)]
    )
    func theExitStatusSaysWhatToDo(status: Int, kind: Failure.Kind, mayHaveCost: Bool) async {
        let line = "echo Why. >&2; exit \(status)"
        let failure = Failure(kind, "'\(line)' exited with \(status): Why.", mayHaveCost: mayHaveCost)
        await #expect(throws: failure) { try await ProgramExample(line: line).ask() }
    }

    @Test func itsOwnErrorCountsBeforeItsStatus() async {
        let line = #"echo '{"error": {"kind": "rate_limited", "message": "Too many", "retry_after": "30s"}}'; exit 1"#
        let failure = Failure(.rateLimited, "'\(line)' gave up: Too many.", retryAfter: 30)
        await #expect(throws: failure) { try await ProgramExample(line: line).ask() }
        let late = #"echo '{"text": "a"}'; printf '{"error": {"kind": "missing", "message": "Gone."}}'"#
        await #expect(throws: Failure(.missing, "'\(late)' gave up: Gone.", mayHaveCost: true)) {
            try await ProgramExample(line: late).ask()
        }
        let cancelled = #"echo '{"error": {"kind": "cancelled", "message": "Gone."}}'"#
        await #expect {
            try await ProgramExample(line: cancelled).ask()
        } throws: {
            "\($0)".contains("is no part of a reply")
        }
    }

    // Time

    @Test(arguments: [
        ("echo Thinking. >&2; exec sleep 600", "printed nothing within 3s and was ended. Its last words: 'Thinking.'."),
        (
            #"echo '{"text": "Half a"}'; exec sleep 600"#,
            "printed nothing more for 2s and was ended. Its reply was cut after 'Half a'."
        ),
        (
            #"echo '{"text": "All.", "stop": "finished"}'; exec sleep 600"#,
            "printed nothing more for 2s and was ended. Its reply was cut after 'All.'."
        ),
        (
            #"while :; do echo '{"reasoning": "Hm."}'; sleep 0.05; done"#, "was not done within 5s and was ended."
        ),
    ])
    func itHasItsTime(line: String, message: String) async {
        let times: JSONValue = ["first_byte_timeout": "3s", "idle_timeout": "2s", "total_timeout": "5s"]
        let failure = Failure(.timedOut, "'\(Command.shell(line, in: "/"))' \(message)", mayHaveCost: true)
        await #expect(throws: failure) { try await ProgramExample(line: line, times).ask() }
    }

    @Test func itEndsWithEverythingItStartedWhenItIsCancelled() async throws {
        let mark = ProcessMark()
        let line = mark.on(#"trap '' TERM; sleep MARK & echo '{"text": "a"}'; sleep MARK"#)
        let up = AsyncStream.makeStream(of: Void.self)
        let task = Task { try await ProgramExample(line: line).ask { _ in up.continuation.yield() } }
        for await _ in up.stream { break }
        task.cancel()
        let result = await task.result
        let message = "'\(Command.shell(line, in: "/"))' was ended because the work was cancelled."
        #expect(throws: Failure(.cancelled, message)) { try result.get() }
        #expect(mark.processes == [])
    }

    // Before it is started

    @Test(
        arguments: [
            (
                [:], .missing,
                "No program is set for the model 'command/local'. Write 'providers: { command: { run: [PROGRAM] } }'."
            ),
            (["run": ["no-such-program"]], .missing, "'no-such-program' was not found in PATH."),
            (["run": ["sh"], "env": ["PATH": "/nowhere"]], .missing, "'sh' was not found in PATH."),
            (["run": ["/opt/none/model"]], .missing, "The program '/opt/none/model' does not exist."),
            (["run": ["/etc/passwd"]], .missing, "'/etc/passwd' is not an executable file."),
            (
                ["run": ["sh"], "env": ["KEY": "stored:local"]], .missing,
                "The variable 'KEY' of the program needs a value: run 'sluice key set local'."
            ),
        ] as [(JSONValue, Failure.Kind, String)]
    )
    func whatIsMissingIsSaidBeforehand(settings: JSONValue, kind: Failure.Kind, message: String) async throws {
        var program = ProgramExample([])
        program.settings = settings
        let provider = try program.provider()
        #expect(throws: Failure(kind, message)) { try provider.check("local", secrets: { _ in nil }) }
        guard settings["run"]?.elements != ["/etc/passwd"] else { return }
        let failure = await #expect(throws: Failure.self) { try await program.ask() }
        #expect(failure?.kind == kind)
    }

    @Test(
        arguments: [
            (
                ["run": ["./model"]],
                "Field 'run' must begin with the absolute path of a program or with a name in PATH, but begins with './model'."
            ),
            (["directory": "here"], "Field 'directory' must be an absolute path, but is 'here'."),
            (["env": ["A=B": "c"]], "Field 'env' must name environment variables, but has 'A=B'."),
            (["idle_timeout": "0s"], "Field 'idle_timeout' must be longer than nothing, but is '0s'."),
            (["input_price": "1 USD"], "A price needs both 'input_price' and 'output_price'."),
        ] as [(JSONValue, String)]
    )
    func settingsThatCannotBeAreRefused(settings: JSONValue, message: String) {
        #expect(throws: Failure(.invalidInput, message)) {
            _ = try CommandProvider(settings: CommandSettings(json: settings))
        }
    }

    @Test func thePriceIsThatOfTheSettings() throws {
        let prices: JSONValue = ["input_price": "1.00 USD", "output_price": "2.00 USD"]
        let provider = try CommandProvider(settings: CommandSettings(json: prices))
        #expect(provider.price(of: "any") == Price(input: .usd(1), output: .usd(2)))
        #expect(!provider.isAtListPrice)
        #expect(try CommandProvider(settings: CommandSettings()).price(of: "any") == nil)
    }
}
