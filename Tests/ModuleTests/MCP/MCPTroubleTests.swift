import Foundation
import MCPTool
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

/// What goes wrong with servers that are programs, in the words that a person reads.
struct MCPTroubleTests {
    private func trouble(_ declared: JSONValue) async throws -> Failure? {
        var failure: Failure?
        try await MCPTrial.with { trial in
            failure = await #expect(throws: Failure.self) { _ = try await trial.tools(declared) }
        }
        return failure
    }

    @Test func aProgramThatIsNotThereIsNamed() async throws {
        let failure = try await trouble(["git": ["command": ["mcp-server-nothing"]]])
        #expect(
            failure
                == Failure(
                    .missing,
                    "MCP server 'git' could not be started: 'mcp-server-nothing' was not found in PATH."
                )
        )
    }

    @Test func oneThatEndsAtOnceIsQuoted() async throws {
        let failure = try await trouble(MCPTrial.fake("--speak", "broken"))
        #expect(
            failure
                == Failure(
                    .unavailable,
                    """
                    MCP server 'fake' did not answer 'initialize'. It ended. It exited with 3. The end of what it wrote to standard \
                    error:
                    no database at /var/db
                    """
                )
        )
    }

    @Test func oneThatNeverAnswersIsGivenUp() async throws {
        let failure = try await trouble(MCPTrial.fake("--speak", "deaf", more: ["start_timeout": "200ms"]))
        #expect(
            failure
                == Failure(
                    .timedOut,
                    "MCP server 'fake' did not answer 'initialize' within 200ms. Raise 'start_timeout' of the server if it needs longer."
                )
        )
    }

    @Test func oneOfAnotherTimeIsNotUnderstood() async throws {
        let failure = try await trouble(MCPTrial.fake("--speak", "future"))
        #expect(
            failure
                == Failure(
                    .unavailable,
                    """
                    MCP server 'fake' answered 'initialize' with "1999-01-01" as its protocol, and here 2024-11-05, 2025-03-26, \
                    2025-06-18, 2025-11-25, 2026-07-28 are spoken.
                    """
                )
        )
        let newer = try await trouble(MCPTrial.fake("--speak", "newer"))
        #expect(
            newer
                == Failure(
                    .unavailable,
                    """
                    MCP server 'fake' speaks only "2031-01-01", and here 2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25, 2026-07-28 \
                    are spoken.
                    """
                )
        )
        let older = try await trouble(MCPTrial.fake("--speak", "handshake", more: ["protocol": "2026-07-28"]))
        #expect(
            older
                == Failure(
                    .invalidInput,
                    "MCP server 'fake' refused 'server/discover': \"Invalid request parameters\" (code -32602)."
                )
        )
    }

    @Test func tooManyToolsAreNotTaken() async throws {
        let failure = try await trouble(MCPTrial.fake("--tools", "600"))
        #expect(
            failure?.message == """
                MCP server 'fake' lists more than 500 tools, or more than 50 pages of them, which is the most that is taken.
                """
        )
    }

    @Test func aCallThatIsNotAnsweredIsGivenUpAndToldToTheServer() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake(more: ["timeout": "5s"]))
            let hasty = try await trial.tools(MCPTrial.fake(more: ["timeout": "100ms", "protocol": "2025-11-25"]))
            let failure = await hasty.failure("fake__hang")
            #expect(
                failure
                    == Failure(
                        .timedOut,
                        """
                        MCP server 'fake' did not answer 'hang' within 100ms. It may have done what was asked, which is not repeated. \
                        Raise 'timeout' of the server if it needs longer.
                        """
                    )
            )
            #expect(try JSONValue(parsing: try await tools.call("fake__meta").text)["cancelled"] == [])
            let told = try JSONValue(parsing: try await hasty.call("fake__meta").text)["cancelled"]?.elements
            #expect(told?.map { $0["reason"] } == ["It took too long."])
        }
    }

    @Test func aCallThatIsCancelledEndsAtOnce() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake(more: ["timeout": "1h"]))
            let call = Task { try await tools.call("fake__hang") }
            _ = try await tools.call("fake__echo", ["text": "a"])
            call.cancel()
            let error = await #expect(throws: Failure.self) { _ = try await call.value }
            #expect(error?.kind == .cancelled)
        }
    }

    @Test func whoeverIsCancelledWhileItStartsWaitsNoLongerAndOthersDo() async throws {
        try await MCPTrial.with { trial in
            let log = "\(trial.workspace.path)/starts"
            let declared = MCPTrial.fake("--speak", "deaf-once", "--start-log", log, more: ["start_timeout": "1h"])
            let first = Task { try await trial.tools(declared).names }
            let deadline = ContinuousClock.now + .seconds(60)
            while !FileManager.default.fileExists(atPath: log), ContinuousClock.now < deadline { await Task.yield() }
            let second = Task { try await trial.tools(declared).names }
            first.cancel()
            let error = await #expect(throws: Failure.self) { _ = try await first.value }
            #expect(error?.kind == .cancelled)
            let names = try await second.value
            #expect(names.first == "fake__echo")
        }
    }

    @Test func aServerThatDiesIsQuotedAndStartedAgainThreeTimes() async throws {
        try await MCPTrial.with { trial in
            let log = "\(trial.workspace.path)/starts"
            let tools = try await trial.tools(MCPTrial.fake("--start-log", log, more: ["protocol": "2025-11-25"]))
            for _ in 0..<4 {
                let failure = await tools.failure("fake__crash")
                #expect(
                    failure
                        == Failure(
                            .unavailable,
                            """
                            MCP server 'fake' did not answer 'crash'. It ended. It may have done what was asked, which is not \
                            repeated. It exited with 7. The end of what it wrote to standard error:
                            starting
                            out of cheese
                            """
                        )
                )
            }
            #expect(try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").count == 4)
            #expect(
                await tools.failure("fake__echo", ["text": "a"])?.message == """
                    MCP server 'fake' has ended 4 times since this run could use it, and is not started again. Find out why it \
                    ends: run '/usr/bin/python3 \(MCPTrial.server) --start-log \(log)' by hand.
                    """
            )
        }
    }

    @Test func garbageIsQuotedAndTheServerStartedAgain() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            #expect(
                await tools.failure("fake__garbage")?.message.hasPrefix(
                    """
                    MCP server 'fake' did not answer 'garbage'. 'Listening on port 8000' was read where a message should be. Not \
                    valid JSON at line 1, column 1 (byte 0): expected a value, but found 'Listening'.
                    """
                ) == true
            )
            #expect(try await tools.call("fake__echo", ["text": "a"]).text == "a")
        }
    }

    @Test func aFloodIsCut() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            #expect(
                await tools.failure("fake__flood")?.message.hasPrefix(
                    """
                    MCP server 'fake' did not answer 'flood'. A message has more than 8 MB, which is the most that is taken.
                    """
                ) == true
            )
        }
    }

    @Test func runsInOneWorkspaceShareAServerAndItEndsWithThem() async throws {
        try await MCPTrial.with { trial in
            var first: MCPTools? = try await trial.tools(MCPTrial.fake())
            var second: MCPTools? = try await trial.tools(MCPTrial.fake())
            let said = try await first?.call("fake__pid").text
            let pid = try #require(Int32(said ?? ""))
            #expect(try await second?.call("fake__pid").text == "\(pid)")
            let other = try await trial.tools(MCPTrial.fake(more: ["timeout": "61s"]))
            #expect(try await other.call("fake__pid").text != "\(pid)")
            first = nil
            #expect(kill(pid, 0) == 0)
            second = nil
            let deadline = ContinuousClock.now + .seconds(60)
            while kill(pid, 0) == 0, ContinuousClock.now < deadline { await Task.yield() }
            #expect(kill(pid, 0) != 0)
        }
    }

    @Test func oneThatIsNotConfinedIsSharedWhateverTheWallsOfTheRuns() async throws {
        try await MCPTrial.with { trial in
            func pid(_ declared: JSONValue, in walls: Confinement?) async throws -> (String, MCPTools) {
                var workspace = trial.workspace
                workspace.confinement = walls
                let tools = try await trial.tools(declared, in: workspace)
                return (try await tools.call("fake__pid").text, tools)
            }
            let walls = Confinement(temporary: "/nowhere/1", home: "/nowhere/2")
            let free = MCPTrial.fake(more: ["confined": false])
            let (first, tools) = try await pid(free, in: walls)
            let (second, others) = try await pid(free, in: nil)
            #expect(first == second)
            withExtendedLifetime((tools, others)) {}
        }
    }

    @Test func manyCallsAreUnderWayAtOnce() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await tools.call("fake__echo", ["text": .string("\(number)")]).text == "\(number)"
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }
}
