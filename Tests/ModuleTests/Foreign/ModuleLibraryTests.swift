import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import ForeignTool

/// Shared libraries that hold tools.
struct ModuleLibraryTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// A library of one tool `run` that does what this body of a function says, and is as it should be elsewhere.
    private static func library(_ body: String, version: String = "SLUICE_MODULE_VERSION", describe: String = described)
        -> String
    {
        """
        #include <stdlib.h>
        #include <string.h>
        #include <stdio.h>
        #include <unistd.h>
        #include "sluice_module.h"
        static const char *describe(void) { return "\(describe)"; }
        static char *call(const char *tool, const char *arguments) { \(body) }
        static const struct sluice_module module = {\(version), sizeof(module), describe, call, (void (*)(char *))free};
        const struct sluice_module *sluice_module(void) { return &module; }

        """
    }

    private static let described = #"{\"tools\": [{\"name\": \"run\", \"summary\": \"Runs.\"}]}"#

    /// Compiles a library in a project of its own, and asks for its tools.
    private func withTools(
        _ source: String,
        _ declaration: JSONValue = "./libx.so",
        _ body: ([ToolFactory], ToolContext) async throws -> Void
    ) async throws {
        try await withTemporaryWorkspace(["x.c": source]) { workspace in
            let words = ["-shared", "-fPIC", "-I", "\(Self.package)/Sources/CModule/include", "-o", "libx.so", "x.c"]
            let compiled = try await run(Command("gcc", words, in: workspace))
            try #require(compiled.status == 0, "\(compiled.errors.text)")
            let tools = try await tools(declaration, workspace)
            try await body(tools, ToolContext(workspace: workspace))
        }
    }

    private func tools(_ declaration: JSONValue, _ workspace: Workspace) async throws -> [ToolFactory] {
        let source = ModuleLibrarySource(host: ForeignToolTests.host)
        let found = source.modules(of: [declaration], in: workspace.path)
        #expect(found.problems == [])
        return try await #require(found.shelves.first).thing.tools(workspace)
    }

    private func called(_ body: String) async throws -> ToolOutput {
        var output: ToolOutput?
        try await withTools(Self.library(body)) { tools, context in
            output = try await tools[0].make([:]).call([:], context)
        }
        return try #require(output)
    }

    private func failure(_ body: String) async -> String? {
        await #expect(throws: Failure.self) { _ = try await called(body) }?.message
    }

    private func refusal(_ source: String) async -> String? {
        await #expect(throws: Failure.self) { try await withTools(source) { _, _ in } }?.message
    }

    @Test(arguments: ["words.c", "words.go"])
    func theExamplesAreToolsAsGoodAsAnyOther(_ name: String) async throws {
        try await withTemporaryWorkspace { workspace in
            let (example, header) = (
                "\(Self.package)/Pipelines/examples/modules/\(name)", "\(Self.package)/Sources/CModule/include"
            )
            let line =
                name.hasSuffix(".c")
                ? "gcc -shared -fPIC -I \(header) -o libwords.so \(example)"
                : "GOCACHE=$PWD/cache CGO_CFLAGS=-I\(header) go build -buildmode=c-shared -o libwords.so \(example)"
            let compiled = try await run(Command.shell(line, in: workspace, timeout: .seconds(500)))
            try #require(compiled.status == 0, "\(compiled.output.text)")
            let tools = try await tools("./libwords.so", workspace)
            #expect(tools.map(\.id) == ["words__count"] && tools[0].reach == [.reads])
            let tool = try tools[0].make([:])
            let output = try await tool.call(["text": "one two  three"], ToolContext(workspace: workspace))
            #expect(output == ToolOutput("3 words"))
            let wrong = await #expect(throws: Failure.self) {
                _ = try await tool.call(["txt": "a"], ToolContext(workspace: workspace))
            }
            #expect(wrong?.message == "Unknown field 'txt'. Did you mean 'text'?")
        }
    }

    @Test func itAnswersAndSaysWhatIsAMistake() async throws {
        #expect(try await called(#"return strdup("{\"text\": \"fine\"}");"#) == ToolOutput("fine"))
        let mistake = #"return strdup("{\"text\": \"bad\", \"is_error\": true}");"#
        #expect(try await called(mistake) == ToolOutput("bad", isError: true))
        let echo = #"printf("noise\n"); fflush(stdout); return strdup("{\"text\": \"quiet\"}");"#
        #expect(try await called(echo) == ToolOutput("quiet"))
    }

    @Test func oneThatCrashesHangsOrAnswersNonsenseIsACallThatFailed() async throws {
        let library = "The library './libx.so' "
        #expect(await failure("abort();") == library + "ended its process by signal 6 (Aborted).")
        #expect(await failure("return NULL;") == library + "returned nothing from 'call'.")
        #expect(
            await failure(#"return strdup("nonsense");"#)
                == library + """
                    returned what cannot be read from 'call'. Not valid JSON at line 1, column 1 (byte 0): expected a value, but \
                    found 'nonsense'.
                    """
        )
        #expect(
            await failure(#"return strdup("{\"txt\": 1}");"#)
                == library + "answered wrongly. Unknown field 'txt'. Did you mean 'text'?"
        )
        #expect(
            await failure("char *a = malloc(5000001); memset(a, 'x', 5000000); a[5000000] = 0; return a;")
                == library + "returned more than 4194304 bytes from 'call'."
        )
        try await withTools(Self.library("for (;;) pause();"), ["path": "./libx.so", "timeout": "50ms"]) {
            tools,
            context in
            let error = await #expect(throws: Failure.self) { _ = try await tools[0].make([:]).call([:], context) }
            #expect(error?.message == library + "did not return within 50ms, and was ended.")
        }
    }

    @Test func aCrashIsForgottenByTheNextCall() async throws {
        let body =
            #"if (access("once", F_OK)) { close(creat("once", 0600)); abort(); } return strdup("{\"text\": \"again\"}");"#
        try await withTools(Self.library(body)) { tools, context in
            let tool = try tools[0].make([:])
            await #expect(throws: Failure.self) { _ = try await tool.call([:], context) }
            let next = try await tool.call([:], context)
            #expect(next.text == "again")
        }
    }

    @Test func oneThatLiesAboutItselfIsNotLoaded() async throws {
        let library = "The library './libx.so' "
        #expect(
            await refusal(Self.library("return 0;", version: "2"))
                == library + "was made for version 2 of sluice_module.h, and this is version 1."
        )
        #expect(
            await refusal(Self.library("return 0;").replacing("sizeof(module)", with: "8"))
                == library + "says that its table has 8 bytes, and one of its version has 32."
        )
        #expect(
            await refusal(Self.library("return 0;").replacing("return &module", with: "return 0"))
                == library + "returned no table from 'sluice_module'."
        )
        #expect(
            await refusal(Self.library("return 0;").replacing("describe, call", with: "0, call"))
                == library + "leaves functions out of its table."
        )
        #expect(
            await refusal(Self.library("return 0;", describe: #"{\"tool\": []}"#))
                == library + "describes itself wrongly. Unknown field 'tool'. Did you mean 'tools'?"
        )
        #expect(
            await refusal(
                Self.library("return 0;", describe: #"{\"tools\": [{\"name\": \"a b\", \"summary\": \"S.\"}]}"#)
            )
                == library + "describes itself wrongly. 'a b' cannot be the name of a tool."
        )
        #expect(
            await refusal(
                "__attribute__((constructor)) static void f(void) { __builtin_trap(); }\n" + Self.library("return 0;")
            )?
            .hasPrefix(library + "ended its process by signal 4 (Illegal instruction).") == true
        )
    }

    @Test func onlyItsFileIsLookedAtUntilARunNeedsIt() async throws {
        try await withTemporaryWorkspace(["libno.so": "text", "src/x.c": "int x;"]) { workspace in
            let source = ModuleLibrarySource(host: ["/no/such/host"])
            let json: JSONValue = [
                "./libnone.so", "./libno.so", "/lib/x86_64-linux-gnu/libm.so.6",
                ["path": "./libgone.so", "optional": true], ["path": "./libgone.so", "name": "other"],
            ]
            let found = source.modules(of: json, in: workspace.path)
            #expect(
                found.problems.map(\.message) == [
                    "There is no library './libnone.so'.", "'./libno.so' is no shared library.",
                    "'/lib/x86_64-linux-gnu/libm.so.6' does not export 'sluice_module'; see sluice_module.h.",
                    "There is no library './libgone.so'.",
                ]
            )
            #expect(
                found.warnings.map(\.message) == [
                    "There is no library './libgone.so'. As it is optional, a run goes without it."
                ]
            )
            let shelf = try #require(found.shelves.map(\.thing).first { $0.prefix == "gone__" })
            #expect(shelf.isOptional)
            let failure = await #expect(throws: Failure.self) { _ = try await shelf.tools(workspace) }
            #expect(failure?.message == "The library './libgone.so' is not there.")
        }
    }
}
