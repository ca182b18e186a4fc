import Foundation
import PipelineEngine
import PipelineKit
import Synchronization
import Testing

/// Tools and gates that a pipeline brings along.
struct BroughtTests {
    /// Reads names of servers under `mcp`, each with one tool `say`; `off` is one that cannot be had, and
    /// `optional` one that cannot be had either.
    private struct Servers: ModuleSource {
        let key = "mcp"
        let summary = "Servers of a test."
        var schema: ValueSchema { .mapping(.string) }
        var example: JSONValue { ["one": "hello"] }
        let opened = Log()
        let closed = Log()

        func modules(of json: JSONValue, in project: String?) -> BroughtModules {
            var found = BroughtModules()
            for (name, word) in json.members.sorted(by: { $0.key < $1.key }) {
                let isOptional = word == "optional"
                let shelf = ToolShelf(prefix: "\(name)__", reach: [.reads], isOptional: isOptional) {
                    _ throws(Failure) in
                    opened.add(name)
                    guard word != "off", !isOptional else { throw Failure(.unavailable, "Server '\(name)' is off.") }
                    let held = Held(name, closed)
                    let tool = DeclaredTool(ModuleID("\(name)__say"), "Says it.", reach: [.reads]) { _, _ in
                        ToolOutput("\(held.name) says \(word.text ?? "")")
                    }
                    return [ToolFactory(tool)]
                }
                found.shelves.append(Brought(shelf, at: FieldPath().appending(name)))
            }
            return found
        }
    }

    /// What is held as long as a run may use a server.
    private final class Held: Sendable {
        let name: String
        private let closed: Log
        init(_ name: String, _ closed: Log) { (self.name, self.closed) = (name, closed) }
        deinit { closed.add(name) }
    }

    private func order(_ bench: Bench, _ servers: [String: JSONValue], _ tools: JSONValue, _ replies: JSONValue) throws
        -> RunOrder
    {
        let pipeline = try Pipeline(json: [
            "name": "p", "model": "notes/x", "goal": ["gate": "content", "with": ["file": "out", "is": "done"]],
            "tools": tools, "limits": ["iterations": 1], "mcp": .object(servers),
            "providers": ["notes": ["replies": replies]],
        ])
        return RunOrder(run: "r1", pipeline: pipeline, project: bench.directory, origin: "test")
    }

    private func withBench(_ body: (Bench, Servers) async throws -> Void) async throws {
        var registry = Bench.registry
        let servers = Servers()
        registry.add(servers)
        let bench = Bench(registry: registry)
        defer { bench.remove() }
        try await body(bench, servers)
    }

    private static let call: JSONValue = [["calls": [["tool": "one__say"]]], ["text": "Done."]]

    @Test func aShelfIsOpenedForTheRunThatMayUseItAndNoOther() async throws {
        try await withBench { bench, servers in
            let many = Dictionary(uniqueKeysWithValues: (1...150).map { ("s\($0)", JSONValue.string("hello")) })
            let all = many.merging(["one": "hi", "two": "no"]) { $1 }
            _ = try await bench.services.runs.start(order(bench, all, ["allow": ["one__*"]], Self.call))
            #expect(servers.opened.all.isEmpty, "Nothing is started to begin a run.")
            let state = try await bench.services.runs.carryOn("r1")
            #expect(servers.opened.all == ["one"])
            let said = state.messages.compactMap { message in
                if case .tool(_, _, let text, _, _) = message { text } else { nil }
            }
            #expect(said == ["one says hi"])
            #expect(servers.closed.all == ["one"], "It ends with the run's last use of it.")
        }
    }

    @Test func oneThatCannotBeHadEndsTheRun() async throws {
        try await withBench { bench, servers in
            _ = try await bench.services.runs.start(order(bench, ["one": "off"], ["one__say"], Self.call))
            let state = try await bench.services.runs.carryOn("r1")
            guard case .finished(_, let reason) = state.phase else { return #expect(state.isFinished) }
            #expect(reason == "Server 'one' is off.")
        }
    }

    @Test func anOptionalOneThatCannotBeHadIsReportedAndTheRunGoesOn() async throws {
        try await withBench { bench, _ in
            let servers: [String: JSONValue] = ["one": "hi", "two": "optional"]
            _ = try await bench.services.runs.start(
                order(bench, servers, ["allow": ["one__*", "two__*"]], Self.call)
            )
            let state = try await bench.services.runs.carryOn("r1")
            #expect("\(state.messages)".contains("one says hi"))
            let reports = try await bench.services.runs.events(of: "r1").compactMap { event in
                if case .reported(let report) = event.payload { report } else { nil as OutsideReport? }
            }
            #expect(
                reports == [.output(.stderr, "Server 'two' is off. As it is optional, the run goes without it.\n")]
            )
        }
    }

    @Test func aToolThatIsNotThereIsNamedWhenItIsKnown() async throws {
        try await withBench { bench, _ in
            _ = try await bench.services.runs.start(order(bench, ["one": "hi"], ["one__sya"], Self.call))
            let state = try await bench.services.runs.carryOn("r1")
            guard case .finished(_, let reason) = state.phase else { return #expect(state.isFinished) }
            #expect(reason == "There is no tool 'one__sya'. Did you mean 'one__say'?")
        }
    }

    @Test func aCallIsAskedAboutByAProcessThatHasStartedNothing() async throws {
        try await withBench { bench, servers in
            _ = try await bench.services.runs.start(
                order(bench, ["one": "hi"], ["allow": [], "ask": ["one__say"]], Self.call)
            )
            #expect(try await bench.services.runs.carryOn("r1").status == .waiting)
            #expect(servers.closed.all == ["one"], "A run that waits holds nothing.")
            let question = try #require(try await bench.services.approvals.pending(of: "r1").first)
            try await bench.services.approvals.approve(
                question.id,
                of: "r1",
                with: Resolution(.approved, by: "ada"),
                arguments: [:],
                shown: question.shown
            )
            #expect(servers.opened.all == ["one"])
            let state = try await bench.services.runs.carryOn("r1")
            #expect("\(state.messages)".contains("one says hi"))
            #expect(servers.opened.all == ["one", "one"])
        }
    }

    @Test func theLinterSaysWhatNoRuleNamesAndStartsNothing() throws {
        let servers = Servers()
        var registry = Bench.registry
        registry.add(servers)
        var pipeline = Pipeline()
        pipeline.name = "p"
        pipeline.goal = Goal(.gate("content", with: ["file": "a", "is": "b"]))
        pipeline.tools = ToolPolicy(allow: ["one__say", "look", "tow__say"])
        pipeline.mcp = ["one": "hi", "two": "ho"]
        let findings = PipelineLinter(registry).findings(in: pipeline)
        #expect(
            findings.map { "\($0.severity) \($0.problem.path): \($0.problem.message)" } == [
                """
                warning mcp.two: No rule names one of its tools, so the model is told of none. Add 'two__*' under \
                'tools.allow' or 'tools.ask'.
                """,
                "error tools.allow[2]: Unknown tool 'tow__say'. 'sluice modules' lists what there is.",
            ]
        )
        #expect(servers.opened.all.isEmpty)
    }

    @Test func whatNothingReadsIsRefused() {
        var pipeline = Pipeline()
        pipeline.foreign = [:]
        let (_, findings) = Registry().including(pipeline, in: nil)
        #expect(findings.problems.map(\.message) == ["Nothing here can use 'foreign'."])
    }

    @Test func whatIsBroughtIsPartOfTheNormalFormWhenThereIsSome() throws {
        var pipeline = Pipeline()
        (pipeline.name, pipeline.goal) = ("p", Goal(.gate("pytest", with: [:])))
        #expect(pipeline.json["mcp"] == nil && pipeline.json["commands"] == nil)
        pipeline.brought = ["mcp": ["a": 1], "modules": ["x.so"]]
        #expect(pipeline.json["mcp"] == ["a": 1] && pipeline.json["modules"] == ["x.so"])
        #expect(try Pipeline(json: pipeline.json) == pipeline)
    }
}
