import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// What clients may start, and what of the disk they may see.
struct PipelineServiceTests {
    /// Two roots, and beside them what no client may see.
    private struct Place {
        let top = Bench.temporary()
        let bench: Bench
        var pipelines: PipelineService { bench.services.pipelines }

        init() throws {
            for directory in ["one/pipelines", "one/.sluice", "one/app", "two", "beside"] {
                try FileManager.default.createDirectory(
                    atPath: "\(top)/\(directory)",
                    withIntermediateDirectories: true
                )
            }
            let texts = ["builtin": "name: builtin\ngoal: { gate: command, with: { command: make } }\n"]
            bench = Bench(
                top,
                registry: TestModules.registry,
                roots: ["\(top)/one", "\(top)/two", "\(top)/gone"],
                sources: PipelineSources(
                    builtInNames: ["builtin"],
                    builtIn: { name in texts[name].map { ("\(name).yaml", $0) } },
                    read: PipelineSources.disk
                ),
                environment: ["FILE": "out"]
            )
        }

        func write(_ text: String, to name: String) throws {
            try text.write(toFile: "\(top)/\(name)", atomically: true, encoding: .utf8)
        }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: "\(top)/\(name)", withDestinationPath: target)
        }

        func problem(_ ref: String) -> PipelineError? {
            Self.problem { () throws(PipelineError) in _ = try pipelines.load(ref) }
        }

        static func problem(_ work: () throws(PipelineError) -> Void) -> PipelineError? {
            do throws(PipelineError) {
                try work()
                return nil
            } catch {
                return error
            }
        }
    }

    private static let good = "name: good\ngoal: { gate: command, with: { command: make } }\n"

    @Test func aNameIsABuiltInOrAGate() throws {
        let place = try Place()
        defer { place.bench.remove() }
        let builtIn = try place.pipelines.load("builtin")
        #expect((builtIn.ref, builtIn.source, builtIn.pipeline.name) == ("builtin", .builtIn, "builtin"))
        let gate = try place.pipelines.load("pytest")
        #expect((gate.ref, gate.source, gate.pipeline.name) == ("pytest", .gate, "pytest"))
        #expect(gate.pipeline.goal == Goal(.gate("pytest", with: [:])))
        let words = "There is no pipeline 'buitlin'. Did you mean 'builtin'?"
        #expect(place.problem("buitlin") == .unknown(words))
    }

    @Test func aPathIsAFileOfARoot() throws {
        let place = try Place()
        defer { place.bench.remove() }
        try place.write(Self.good, to: "two/good.yaml")
        try place.link("one/to-two.yaml", to: "../two/good.yaml")
        let real = try #require(try? place.pipelines.directory("\(place.top)/two"))
        for ref in ["good.yaml", "./good.yaml", "\(place.top)/two/good.yaml", "to-two.yaml"] {
            let served = try place.pipelines.load(ref)
            #expect((served.ref, served.source) == ("\(real)/good.yaml", .file))
        }
    }

    @Test func whatIsOutsideLooksAsIfItWereNotThere() throws {
        let place = try Place()
        defer { place.bench.remove() }
        try place.write(Self.good, to: "beside/secret.yaml")
        try place.write("not a pipeline", to: "one/notes.txt")
        try place.link("one/way-out.yaml", to: "\(place.top)/beside/secret.yaml")
        try place.link("one/out", to: "\(place.top)/beside")
        try place.link("one/nowhere.yaml", to: "nothing")
        #expect(mkfifo("\(place.top)/one/pipe.yaml", 0o600) == 0)
        let refs = [
            "\(place.top)/beside/secret.yaml", "\(place.top)/beside/missing.yaml", "way-out.yaml", "out/secret.yaml",
            "../beside/secret.yaml", "\(place.top)/one/../beside/secret.yaml", "nowhere.yaml", "missing.yaml",
            "pipe.yaml", "./notes.txt", "app/", "a\0b.yaml", "/", "/dev/zero.yaml",
        ]
        for ref in refs {
            #expect(place.problem(ref) == .unknown("There is no pipeline '\(ref)' in the directories of this server."))
        }
    }

    @Test func whatAFileExtendsStandsWithinTheRootsToo() throws {
        let place = try Place()
        defer { place.bench.remove() }
        try place.write("extends: base.yaml\nname: child\n", to: "one/child.yaml")
        try place.write("extends: ../beside/base.yaml\nname: thief\n", to: "one/thief.yaml")
        try place.write(Self.good, to: "one/base.yaml")
        try place.write(Self.good, to: "beside/base.yaml")
        #expect(try place.pipelines.load("child.yaml").pipeline.name == "child")
        guard case .mistakes(let diagnostics) = place.problem("thief.yaml") else {
            Issue.record("The thief was loaded.")
            return
        }
        let words = "there is no such file in the directories of this server."
        #expect(diagnostics.all.count == 1)
        #expect(diagnostics.all[0].message.hasSuffix("/one/../beside/base.yaml': \(words)"))
    }

    @Test func aTextExtendsBuiltInsOnly() throws {
        let place = try Place()
        defer { place.bench.remove() }
        try place.write(Self.good, to: "one/base.yaml")
        let child = try place.pipelines.load(yaml: "extends: builtin\nname: child\n")
        #expect((child.ref, child.source, child.pipeline.name) == ("", .text, "child"))
        let (none, diagnostics) = place.pipelines.lint(yaml: "extends: base.yaml\nname: child\n")
        #expect(none == nil)
        let words = "Cannot read 'base.yaml': a pipeline that is sent as text may extend built-in ones only."
        #expect(diagnostics.map(\.message) == [words])
    }

    @Test func allMistakesAreToldAtOnce() throws {
        let place = try Place()
        defer { place.bench.remove() }
        let (pipeline, diagnostics) = place.pipelines.lint(
            yaml: "nme: x\ngoal: pytset\nlimits: { iterations: many }\n"
        )
        #expect(pipeline == nil)
        #expect(diagnostics.count >= 3)
        #expect(diagnostics.first?.description.hasPrefix("pipeline.yaml:1:1: error: Unknown field 'nme'.") == true)
        let (good, warnings) = place.pipelines.lint(yaml: Self.good)
        #expect(good?.pipeline.name == "good")
        #expect(warnings.allSatisfy { $0.severity == .warning })
        let long = String(repeating: "#", count: PipelineService.longestText + 1)
        let words = "It is longer than 1048576 bytes, which no pipeline needs."
        #expect(place.pipelines.lint(yaml: long).diagnostics == [Diagnostic(.error, words, in: "pipeline.yaml")])
    }

    @Test func theListHasWhatCanBeStartedAndWhatCannot() throws {
        let place = try Place()
        defer { place.bench.remove() }
        try place.write(Self.good, to: "one/b.yaml")
        try place.write("extends: builtin\nnme: y\n", to: "one/a.yml")
        try place.write(Self.good, to: "one/pipelines/c.yaml")
        try place.write(Self.good, to: "one/.sluice/d.yaml")
        try place.write("services: {}\n", to: "one/compose.yaml")
        try place.write(Self.good, to: "one/app/e.yaml")
        try place.write(Self.good, to: "beside/f.yaml")
        try place.link("two/again.yaml", to: "../one/b.yaml")
        try place.link("two/out.yaml", to: "../beside/f.yaml")
        let list = place.pipelines.list()
        let names = list.map { $0.ref.split(separator: "/").suffix(2).joined(separator: "/") }
        #expect(names == ["builtin", "one/a.yml", "one/b.yaml", ".sluice/d.yaml", "pipelines/c.yaml"])
        #expect(list.map { (try? $0.outcome.get()) != nil } == [true, false, true, true, true])
        for row in list { #expect((try? place.pipelines.load(row.ref)) == (try? row.outcome.get())) }
    }

    @Test func theEnvironmentIsForFilesAndNotForTexts() throws {
        let place = try Place()
        defer { place.bench.remove() }
        let text = "name: n\nenv: [FILE]\ngoal: { gate: command, with: { command: \"${env.FILE}\" } }\n"
        try place.write(text, to: "one/n.yaml")
        let file = try place.pipelines.load("n.yaml")
        #expect(try place.pipelines.resolved(file).goal == Goal(.gate("command", with: ["command": "out"])))
        let sent = try place.pipelines.load(yaml: text)
        do throws(FieldProblems) {
            _ = try place.pipelines.resolved(sent)
            Issue.record("A text read the environment.")
        } catch {
            let words = "A pipeline that is sent as text may not read environment variables. Keep it in a file."
            #expect(error.all.map(\.message) == [words])
        }
    }

    @Test func aTextNamesNoProgramsOfTheServer() throws {
        let place = try Place()
        defer { place.bench.remove() }
        let hooks = "hooks: { before_call: [{ run: [x] }] }\nproviders: { openai: {} }\nenv: [FILE]\n"
        let sent = try place.pipelines.load(yaml: "name: n\ngoal: pytest\n\(hooks)")
        do throws(FieldProblems) {
            _ = try place.pipelines.resolved(sent)
            Issue.record("A text brought programs of its own.")
        } catch {
            let told = [
                "read environment variables", "have hooks: they run outside of the sandbox",
                "set up model services: where keys are sent, and what is run",
            ]
            #expect(
                error.all.map(\.message)
                    == told.map { "A pipeline that is sent as text may not \($0). Keep it in a file." }
            )
        }
    }

    @Test func aTextShowsCommandsOnlyWhatIsWithinTheRoots() throws {
        let place = try Place()
        defer { place.bench.remove() }
        try place.link("one/way", to: "\(place.top)/beside")
        try place.link("one/to", to: "\(place.top)/two")
        try place.write("", to: "one/file")
        let one = try place.pipelines.directory("\(place.top)/one")
        let two = try place.pipelines.directory("\(place.top)/two")
        func resolved(_ key: String, _ paths: [String]) throws -> Pipeline {
            let list = paths.map { "\"\($0)\"" }.joined(separator: ", ")
            let text = """
                name: n
                goal: pytest
                inputs: { place: { default: "\(paths[0])" } }
                workspace: { \(key): ["${inputs.place}", \(list)] }
                """
            return try place.pipelines.resolved(try place.pipelines.load(yaml: text))
        }
        let shown = ["\(place.top)/one/app", "\(place.top)/one/file", "\(place.top)/one/to"]
        let real = ["\(one)/app", "\(one)/app", "\(one)/file", two]
        #expect(try resolved("readable", shown).workspace.readable == real)
        #expect(try resolved("writable", shown).workspace.writable == real)
        for path in ["/etc", "~/.ssh", "\(one)/way", "\(one)/gone", "\(one)x"] {
            do {
                _ = try resolved("readable", [path])
                Issue.record("A text shows '\(path)'.")
            } catch let error as FieldProblems {
                let words = "'\(path)' is nothing within the directories that this server works on: '\(one)', '\(two)'."
                #expect(error.all.map(\.message) == [words, words])
            }
        }
    }

    @Test func aDirectoryIsOneOfTheRootsOrInOne() throws {
        let place = try Place()
        defer { place.bench.remove() }
        try place.link("one/out", to: "\(place.top)/beside")
        try place.write("", to: "one/file")
        let one = try place.pipelines.directory("\(place.top)/one")
        #expect(try place.pipelines.directory("app") == "\(one)/app")
        #expect(try place.pipelines.directory("\(place.top)/one/app/") == "\(one)/app")
        #expect(try place.pipelines.directory(".") == one)
        let roots = "'\(one)', '\(try place.pipelines.directory("\(place.top)/two"))'"
        for name in ["", "/", "out", "file", "..", "app/../app", "\(place.top)/beside", "\(one)x", "missing"] {
            let words = "'\(name)' is no directory within those that this server works on: \(roots)."
            #expect(throws: ServiceError.invalid(words)) { try place.pipelines.directory(name) }
        }
        let words = "This server works on no directory. Start it with a directory for projects."
        #expect(throws: ServiceError.invalid(words)) { try Bench().services.pipelines.directory("/") }
    }
}
