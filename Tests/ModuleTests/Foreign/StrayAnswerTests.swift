import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import ForeignTool

/// What is told as the result of a call is what that call gave.
struct StrayAnswerTests {
    private static let source = """
        #include <stdio.h>
        #include <unistd.h>
        int forkit(void) { return fork(); }
        int getfour(void) { return 4; }
        void say(const char *line) {
            for (int place = 3; place < 20; place++) if (write(place, line, 0) == 0) dprintf(place, "%s\\n", line);
        }
        """

    private static let functions: JSONValue = [
        "./libx.so": ["forkit": "int()", "getfour": "int()", "say": "void(string line)"]
    ]

    private func withTools(_ body: ([String: ConfiguredTool], ToolContext) async throws -> Void) async throws {
        try await withTemporaryWorkspace(["x.c": Self.source]) { workspace in
            let compiled = try await run(
                Command("gcc", ["-shared", "-fPIC", "-w", "-o", "libx.so", "x.c"], in: workspace)
            )
            try #require(compiled.status == 0, "\(compiled.errors.text)")
            let found = ForeignSource(host: ForeignToolTests.host).modules(of: Self.functions, in: workspace.path)
            #expect(found.problems == [])
            let pairs = try found.tools.map { ($0.thing.id.value, try $0.thing.make([:])) }
            try await body(Dictionary(uniqueKeysWithValues: pairs), ToolContext(workspace: workspace))
        }
    }

    @Test func aFunctionThatForksAnswersOnce() async throws {
        try await withTools { tools, context in
            let (fork, four) = (try #require(tools["forkit"]), try #require(tools["getfour"]))
            for _ in 0..<5 {
                let child = try await fork.call([:], context)
                #expect(Int(child.text) ?? 0 > 1)
                for _ in 0..<3 {
                    let output = try await four.call([:], context)
                    #expect(output.text == "4")
                }
            }
        }
    }

    private static let stray = """
        gave no answer that is surely its own, as something else stood where answers are written. That comes from a library \
        that forks, or writes there. Its process was ended.
        """

    /// The third of three functions is asked with the number 4.
    @Test(arguments: ["noise", "3 {}", "5 {\"value\":1}", "four {}", "-4 {}", " 4 {}"])
    func whatALibraryWritesWhereAnswersGoFailsTheCall(line: String) async throws {
        try await withTools { tools, context in
            let (say, four) = (try #require(tools["say"]), try #require(tools["getfour"]))
            let failure = await #expect(throws: Failure.self) {
                _ = try await say.call(["line": .string(line)], context)
            }
            #expect(failure == Failure(.unavailable, "'say' of './libx.so' \(Self.stray)"))
            let next = try await four.call([:], context)
            #expect(next.text == "4", "The next call has a helper again.")
        }
    }

    @Test func anAnswerThatWasForgedIsFoundAtTheNextCall() async throws {
        try await withTools { tools, context in
            let (say, four) = (try #require(tools["say"]), try #require(tools["getfour"]))
            _ = try await say.call(["line": #"4 {"value":0}"#], context)
            let failure = await #expect(throws: Failure.self) { _ = try await four.call([:], context) }
            #expect(failure == Failure(.unavailable, "'getfour' of './libx.so' \(Self.stray)"))
            let next = try await four.call([:], context)
            #expect(next.text == "4")
        }
    }
}
