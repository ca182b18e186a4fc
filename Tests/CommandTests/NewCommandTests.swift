import Foundation
import PipelineKit
import Testing

/// `sluice new`: a module to begin with.
struct NewCommandTests {
    private static let modules = "Sources/StandardModules/StandardModules.swift"
    private static let contracts = "Sources/sluice/Serve/ServedContract.swift"
    private static let files = ["Package.swift", modules, contracts, ".swift-format"]

    /// C libraries that stand below what an interface imports.
    private static let libraries = [
        "-I", "\(Bench.package)/Sources/CYAML",
        "-Xcc", "-fmodule-map-file=\(Bench.package)/.build/debug/CCrypto.build/module.modulemap",
    ]

    /// Lends a checkout with as much of Sluice as the command looks at.
    private func withCheckout(_ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            for path in Self.files {
                try bench.write(
                    String(contentsOfFile: "\(Bench.package)/\(path)", encoding: .utf8),
                    to: "checkout/\(path)"
                )
            }
            try await body(bench)
        }
    }

    private static let swift: [String: String] = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin", "HOME": NSHomeDirectory(),
    ]

    private func run(_ words: [String], _ bench: Bench) async throws -> Ended {
        let errors = "\(bench.root)/\(UUID().uuidString).stderr"
        return try await Running(words, Self.swift, in: "\(bench.root)/checkout", errors: errors).ended()
    }

    @Test(arguments: [
        ("tool", "say_again", "SayAgainTool", "Say", "ModuleTests/Tools"),
        ("gate", "there", "ThereGate", "Theres", "GateTests"),
        ("provider", "echoes", "EchoesProvider", "EchoesFamily", "ProviderTests"),
        ("provider", "parrot", "ParrotProvider", "Parrots", "ProviderTests"),
        ("contract", "word_runs", "WordRunsContract", "Word", "ContractTests"),
    ])
    func whatItWritesCompilesAndStandsInTheLists(
        kind: String,
        name: String,
        type: String,
        family: String,
        tests: String
    ) async throws {
        try await withCheckout { bench in
            let written = try await bench.sluice("new", kind, name, "--cwd", "checkout")
            let ending = type.suffix(type.count - type.lastIndex(where: \.isUppercase)!.utf16Offset(in: type))
            let source = "Plugins/\(ending)s/\(family)/\(type).swift"
            let test = "Tests/\(tests)/\(type)Tests.swift"
            let isContract = kind == "contract"
            let path = isContract ? Self.contracts : Self.modules
            let last = isContract ? "serve --contract \(name)" : "modules --markdown > Docs/Reference/Modules.md"
            #expect(
                written.output == """
                    Wrote \(source)
                    Wrote \(test)
                    Wrote Package.swift
                    Wrote \(path)

                    Next: swift build, then
                      swift test --filter \(type)Tests
                      swift run sluice \(last)

                    """,
                "\(written)"
            )
            let manifest = try #require(bench.read("checkout/Package.swift"))
            let needs = isContract ? ", needs: [\"ContractKit\", \"HTTPKit\", \"PipelineEngine\"]" : ""
            #expect(manifest.contains("    module(\"\(family)\", \"\(ending)\"\(needs)),\n"))
            let list = try #require(bench.read("checkout/\(path)"))
            let line =
                isContract
                ? "        ServedContract(name: \(type).name) { \(type).contract($0.services) },\n    ]\n"
                : "        registry.add(\(type).self)\n"
            #expect(list.contains("import \(family)\(ending)\n") && list.contains(line), "\(list)")
            let lint =
                ["swift", "format", "lint", "--strict", source, test] + Self.files.filter { $0.hasSuffix(".swift") }
            let linted = try await run(lint, bench)
            #expect(linted.status == 0, "\(linted)")
            let modules = "\(Bench.package)/.build/debug/Modules"
            let features = [
                "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
                "NonisolatedNonsendingByDefault",
            ]
            let check =
                ["swiftc", "-typecheck", "-swift-version", "6", "-warnings-as-errors", "-I", modules, source]
                + Self.libraries
            let checked = try await run(check + features.flatMap { ["-enable-upcoming-feature", $0] }, bench)
            #expect(checked.status == 0, "\(checked)")
        }
    }

    @Test func nothingIsWrittenOverOrTwice() async throws {
        try await withCheckout { bench in
            #expect(try await bench.sluice("new", "tool", "mine", "--cwd", "checkout").status == 0)
            let again = try await bench.sluice("new", "tool", "mine", "--cwd", "checkout")
            #expect(again.errors == "'Plugins/Tools/Mines/MineTool.swift' is there already; nothing was written.\n")
            for (kind, name) in [("tool", "file_read"), ("contract", "retrai")] {
                let known = try await bench.sluice("new", kind, name, "--cwd", "checkout")
                #expect(known.errors == "There is a \(kind) named '\(name)' already.\n")
            }
        }
    }

    @Test(arguments: [
        (
            ["toll", "x"],
            "There is no kind of module 'toll'. Did you mean 'tool'? There are: tool, gate, provider, contract."
        ),
        (
            ["tool", "WordCount"],
            """
            'WordCount' cannot be the name of a tool: small letters, digits, '_' and '-' between them, such as 'word_count'.
            """
        ),
        (
            ["gate", "a--b"],
            "'a--b' cannot be the name of a gate: small letters, digits, '_' and '-' between them, such as 'word_count'."
        ),
    ])
    func whatCannotBeIsTold(words: [String], sentence: String) async throws {
        try await withCheckout { bench in
            let ended = try await bench.start(["new"] + words + ["--cwd", "checkout"]).ended()
            #expect(ended.errors == sentence + "\n" && ended.status == 64, "\(ended)")
        }
    }

    @Test func itNeedsACheckout() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("new", "tool", "mine", "--cwd", "project")
            #expect(ended.errors == "'\(bench.project)' is no checkout of Sluice: there is no 'Package.swift'.\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.project).isEmpty)
        }
    }
}
