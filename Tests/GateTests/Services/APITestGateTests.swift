import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing
import WorkspaceKit

@testable import ServicesGate

/// Servers that are started, asked with the real curl, and ended.
@Suite(.serialized, .enabled(if: GateTrial.has("curl"))) struct APITestGateTests {
    private func verdict(_ endpoints: [JSONValue], _ more: JSONValue = [:]) async throws -> Verdict {
        let settings = try ServedProject.settings(endpoints, more)
        return try await GateTrial.verdict(of: APITestGate.self, ServedProject.files, settings)
    }

    private static let users: JSONValue = [
        "path": "/users", "expect_json": ["users": [["name": "ann", "age": 36.0], ["age": 41.5]]],
        "expect_headers": ["content-type": "application/json"],
    ]

    @Test func keepsTheGatesPromises() async throws {
        let settings = try ServedProject.settings([Self.users])
        try await expectConformance(
            of: APITestGate.self,
            settings: settings,
            required: ["start", "endpoints"],
            files: ServedProject.files
        )
    }

    @Test func aServerThatAnswersAsExpectedHolds() async throws {
        let post: JSONValue = [
            "name": "echo", "path": "/echo", "method": "POST", "json": ["a": 1], "headers": ["X-Key": "k: @1"],
            "expect_status": 201, "expect_json": ["got": #"{"a":1}"#, "type": "application/json"],
            "expect_headers": ["X_Key": "k: @1"],
        ]
        let text: JSONValue = ["path": "/text", "expect_text": "1.2", "max_ms": 60_000]
        let moved: JSONValue = ["path": "/moved", "follow": true, "expect_json": ["total": 2]]
        let head: JSONValue = ["path": "/users", "method": "HEAD"]
        let place: JSONValue = ["ready": "/users", "url": "http://127.0.0.1:${port}/"]
        let verdict = try await verdict([Self.users, post, text, moved, head], place)
        #expect(verdict.reason == "5 endpoints answer as expected.", "\(verdict.details)")
        #expect(
            verdict.story == [
                "GET /users: passed", "echo: passed", "GET /text: passed", "GET /moved: passed", "HEAD /users: passed",
            ]
        )
        #expect(verdict.score == 1)
        #expect(verdict.cases.allSatisfy { $0.seconds != nil })
    }

    @Test func anAnswerThatIsNotAsExpectedIsNamed() async throws {
        let wrong: JSONValue = [
            "path": "/users", "expect_json": ["users": [["name": "eve"], ["mail": "b@example.com"]], "total": "2"],
        ]
        let absent: JSONValue = ["path": "/none", "expect_text": "welcome"]
        let verdict = try await verdict([wrong, absent, ["path": "/moved"], Self.users, Self.users])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "3 of 5 endpoints do not answer as expected: GET /users, GET /none, GET /moved.")
        #expect(
            verdict.cases.map(\.message) == [
                """
                $.total is 2, not "2".
                $.users[0].name is "ann", not "eve".
                $.users[1].mail is missing.
                The body: {"users": [{"name": "ann", "age": 36}, {"name": "bob", "age": 41.5}], "total": 2}
                """,
                """
                The status is 404, not 200.
                The body does not hold 'welcome'.
                The body: {"error": "no such place"}
                """,
                "The status is 302, not 200.\nThe body is empty.", "", "",
            ]
        )
        #expect(verdict.cases.map(\.id).suffix(2) == ["GET /users (2)", "GET /users (3)"])
        #expect(verdict.score == 0.4)
        #expect(verdict.details.hasSuffix("The server printed last:\nstarting\n"))
    }

    @Test func whatIsNoAnswerFails() async throws {
        let slow: JSONValue = ["path": "/slow", "timeout": "1s"]
        let verdict = try await verdict([slow, ["path": "/garbage"], ["path": "/huge"]])
        #expect(verdict.cases.map(\.outcome) == [.failed, .failed, .failed])
        #expect(verdict.cases[0].message.hasPrefix("There was no answer: Operation timed out after 1"))
        #expect(verdict.cases[1].message == "There was no answer: Received HTTP/0.9 when not allowed.")
        #expect(verdict.cases[2].message == "The answer has more than 10 MB.")
    }

    @Test func aServerThatDiesMeanwhileDoesNotHold() async throws {
        let verdict = try await verdict([["path": "/die"], Self.users])
        let start = try ServedProject.start()
        #expect(
            verdict.reason
                == "2 of 2 endpoints do not answer as expected: GET /die, GET /users. "
                + "The server ended during the check: '\(start)' exited with 3."
        )
        #expect(verdict.details.hasSuffix("The server printed last:\nstarting\nout of memory\n"))
    }

    @Test(arguments: [
        ("echo no; exit 4", "'echo no; exit 4' exited with 4.", "The server printed last:\nno\n"),
        ("kill -KILL $$", "'kill -KILL $$' was ended by SIGKILL.", "The server printed nothing.\n"),
        (
            "sleep 60 & echo bye", "'sleep 60 & echo bye' exited with 0. It has to stay in the foreground.",
            "The server printed last:\nbye\n"
        ),
    ])
    func aServerThatEndsAtOnceIsNamed(start: String, words: String, details: String) async throws {
        let settings: JSONValue = ["start": .string(start), "endpoints": [["path": "/"]]]
        let verdict = try await GateTrial.verdict(of: APITestGate.self, [:], settings)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "The server ended before it was ready: \(words)")
        #expect(verdict.details == details)
    }

    @Test func aServerThatIsNeverReadyIsNamed() async throws {
        let deaf: JSONValue = [
            "start": "echo waiting; sleep 60", "endpoints": [["path": "/"]], "ready_timeout": "4s", "ready": "1",
        ]
        let silent = try await GateTrial.verdict(of: APITestGate.self, [:], deaf)
        #expect(
            silent.reason
                == "The server 'echo waiting; sleep 60' was not ready after 4s. Nobody accepts connections at port 1."
        )
        #expect(silent.details == "The server printed last:\nwaiting\n")
        let ill = try await verdict([["path": "/users"]], ["ready": "/health", "ready_timeout": "8s"])
        #expect(ill.reason.contains("was not ready after 8s. 'http://127.0.0.1:"))
        #expect(ill.reason.hasSuffix("/health' answers with 404."))
    }

    @Test func aServerWithoutAProgramIsNoVerdict() async throws {
        let settings: JSONValue = ["start": "no-such-server --port $PORT", "endpoints": [["path": "/"]]]
        let failure = try await GateTrial.failure(of: APITestGate.self, [:], settings)
        #expect(failure?.kind == .missing)
        #expect(
            failure?.message.hasPrefix(
                "'no-such-server --port $PORT' could not run, because a program was not found: "
            ) == true
        )
    }

    /// Its children too, those that left its group among them.
    @Test func nothingIsLeftOfTheServer() async throws {
        let start = "setsid sleep 6161 & echo $! > $PIDS; \(try ServedProject.start())"
        try await withTemporaryWorkspace { place in
            let pids = "\(place.path)/pids"
            let settings = try ServedProject.settings(
                [Self.users],
                ["start": .string(start.replacing("$PIDS", with: pids))]
            )
            #expect(try await GateTrial.verdict(of: APITestGate.self, ServedProject.files, settings).holds)
            let pid = try #require(Int32(try String(contentsOfFile: pids, encoding: .utf8).trimmed))
            #expect(kill(pid, 0) != 0)
        }
    }

    @Test(.enabled(if: GateTrial.has("bwrap") && Programs.isExecutable("/usr/bin/python3")))
    func serverAndRequestsAreInOneSandbox() async throws {
        let settings: JSONValue = ["start": "/usr/bin/python3 -B app.py", "endpoints": [Self.users]]
        let gate = try APITestGate(settings: APITestGate.Settings(json: settings))
        try await withTemporaryWorkspace(ServedProject.files) { workspace in
            try await withTemporaryWorkspace { place in
                let scratch = "\(place.path)/scratch"
                try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
                let sandboxes = WorkspaceSandboxes(state: "\(place.path)/state")
                let tenant = SandboxTenant.judge(tree: workspace.path, scratch: scratch)
                var confined = workspace
                let walls = try await sandboxes.walls(for: "r1", workspace, WorkspacePolicy(), tenant)
                confined.confinement = walls
                let verdict = try await gate.judge(confined, in: GateContext(scratch: { scratch }))
                sandboxes.takeDown(walls)
                #expect(verdict.reason == "1 endpoint answers as expected.", "\(verdict.details)")
            }
        }
    }

    @Test(
        arguments: [
            (["start": " "], "Field 'start' must be a command line, but is empty."),
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["ready_timeout": "0s"], "Field 'ready_timeout' must be longer than 0s."),
            (["endpoints": []], "Field 'endpoints' must hold from 1 to 1000 requests, but holds 0."),
            (["ready": "health"], "Field 'ready' must be a path, a URL or a port, but is 'health'."),
            (["ready": "70000"], "Field 'ready' must be a path, a URL or a port, but is '70000'."),
            (["url": "127.0.0.1"], "Field 'url' must be a URL with http or https, but is '127.0.0.1'."),
            (
                ["directory": "../up"],
                "Field 'directory' must be a directory of the workspace, relative to it, but is '../up'."
            ),
            (
                ["endpoints": [["path": "users"]]],
                "Field 'path' must begin with '/' and have no blanks, but is 'users'."
            ),
            (
                ["endpoints": [["path": "/", "method": "GE T"]]],
                "Field 'method' must be a method of HTTP, such as POST, but is 'GE T'."
            ),
            (
                ["endpoints": [["path": "/", "headers": ["X Y": "1"]]]],
                "Field 'headers' must hold names of headers, but holds 'X Y'."
            ),
            (
                ["endpoints": [["path": "/", "headers": ["X": "1\n2"]]]],
                "Field 'headers' must not hold line breaks, as 'X' does."
            ),
            (
                ["endpoints": [["path": "/", "json": 1, "body": "1"]]],
                "Fields 'json' and 'body' exclude each other; name one of them."
            ),
            (["endpoints": [["path": "/", "max_ms": 0]]], "Field 'max_ms' must be more than 0, but is 0.0."),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        let usual: JSONValue = ["start": "true", "endpoints": [["path": "/"]]]
        let all = usual.members.merging(settings.members) { $1 }
        #expect(try GateTrial.refusal(of: APITestGate.self, .object(all)) == message)
    }
}

/// What answers are held against, without a server.
struct AnswerCheckTests {
    private func misses(_ check: AnswerCheck, _ body: String, seconds: Double = 0) async throws -> [String] {
        let headers = ["content-type": "text/html; charset=utf-8"]
        return try await check.misses(
            in: HTTPAnswer(status: 200, headers: headers, body: Array(body.utf8), seconds: seconds)
        )
    }

    @Test(
        arguments: [
            (["a": ["b": 1]], #"{"a": {"b": 1.0, "c": 2}, "d": []}"#, []),
            ([1, 2], "[1, 2, 3]", ["$ has 3 elements, not 2."]),
            (["a b": ["x-y": true]], #"{"a b": {"x-y": false}}"#, [#"$["a b"]["x-y"] is false, not true."#]),
            (["a": ["b": 1]], #"{"a": [1]}"#, ["$.a is a list, not a mapping."]),
            (["a": nil], #"{"a": 0}"#, ["$.a is 0, not null."]),
            (["1": 1], "{}", [#"$["1"] is missing."#]),
        ] as [(JSONValue, String, [String])]
    )
    func jsonIsComparedAsFarAsItIsExpected(expected: JSONValue, body: String, words: [String]) async throws {
        var check = AnswerCheck(status: 200)
        check.json = expected
        #expect(try await misses(check, body) == words)
    }

    @Test func whatIsNoJSONAndWhatIsNotThereIsNamed() async throws {
        var check = AnswerCheck(status: 204)
        check.json = [:]
        check.headers = ["X-Id": "1", "Content-Type": "application/json"]
        let words = try await misses(check, "<html>")
        #expect(
            words.dropLast() == [
                "The status is 200, not 204.",
                "The header 'Content-Type' is 'text/html; charset=utf-8', not 'application/json'.",
                "The header 'X-Id' is missing.",
            ]
        )
        #expect(words.last?.hasPrefix("The body cannot be read: Not valid JSON at line 1, column 1 (byte 0): ") == true)
    }

    @Test func timeIsComparedInMilliseconds() async throws {
        var check = AnswerCheck(status: 200)
        check.maxMs = 100
        #expect(try await misses(check, "", seconds: 0.1) == [])
        #expect(try await misses(check, "", seconds: 0.1306) == ["It took 130.6 ms, not at most 100 ms."])
    }
}
