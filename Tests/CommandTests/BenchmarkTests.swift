import Foundation
import PipelineKit
import Testing

/// What is measured, how it is printed, and the file that is kept of it. No test here knows how fast anything is.
struct BenchmarkTests {
    @Test func loadingTellsALineForEachFigure() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("bench", "load", "--n", "20", "--dir", bench.project)
            #expect(ended.status == 0, "\(ended.errors)")
            let lines = try ended.lines.map { try JSONValue(parsing: Array($0.utf8)) }
            let kinds = Set(lines.map { $0["ev"]?.text })
            #expect(kinds == ["load"])
            let read = lines.filter { ["yaml", "lint"].contains($0["what"]?.text) }
            let lengths = read.compactMap { $0["lines"]?.integer }
            let pytest = try shippedPytest()
            #expect(lengths == [10, 10, 100, 100, 200, 200, 1_000, 1_000, pytest, pytest])
            let json = lines.filter { $0["what"]?.text?.hasPrefix("json_") == true }
            let sizes = json.compactMap { $0["of"]?.text }
            #expect(sizes == ["100 B", "100 B", "1 kB", "1 kB", "100 kB", "100 kB"])
            for line in read + json {
                #expect(try #require(line["us"]?.number) > 0)
                #expect(try #require(line["mb_per_second"]?.number) > 0)
            }
            let histories = lines.filter { $0["events"] != nil }
            let parts = ["encode", "decode", "verify", "fold", "append", "read"]
            #expect(histories.compactMap { $0["what"]?.text } == parts + parts + parts)
            #expect(Set(histories.compactMap { $0["events"]?.integer }) == [2, 20, 200])
            for line in histories { #expect(try #require(line["us_per_event"]?.number) > 0) }
            #expect(read.count + json.count + histories.count == lines.count)
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.project) == [], "nothing is left behind")
        }
    }

    @Test func aLookAtTheFilesIsMeasuredBesideGit() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("bench", "workspace", "--files", "300", "--dir", "project")
            #expect(ended.status == 0, "\(ended.errors)")
            let lines = try ended.lines.map { try JSONValue(parsing: $0) }
            #expect(lines.compactMap { $0["what"]?.text } == ["first", "snapshot", "diff", "rollback"])
            for line in lines { #expect(try #require(line["median_ms"]?.number) > 0) }
            #expect(lines[1]["rounds"] == 21 && lines[1]["files"] == 300)
            #expect(try #require(lines[1]["git_p95_ms"]?.number) > 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.project) == [], "nothing is left behind")
            let few = try await bench.sluice("bench", "workspace", "--files", "3")
            #expect(few.status == 64)
        }
    }

    @Test func aForeignCallIsMeasuredBesideAnEchoAndOnOneProcessor() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("bench", "foreign", "--n", "2", "--dir", "project")
            #expect(ended.status == 0, "\(ended.errors)")
            let lines = try ended.lines.map { try JSONValue(parsing: $0) }
            #expect(lines.map { $0["ev"] } == ["foreign", "foreign", "end"])
            for line in lines.dropLast() {
                #expect(line["calls"] == 20)
                for figure in ["us", "confined_us", "echo_us"] { #expect(try #require(line[figure]?.number) > 0) }
            }
            #expect(lines[1]["processors"] == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.project) == [], "nothing is left behind")
        }
    }

    @Test func allOfItIsKeptInAFileForItsOwnerAlone() async throws {
        try await withBench { bench in
            try bench.write("", to: "a place/keep")
            let amounts = ["--n", "20", "--subscribers", "10", "--seconds", "1"]
            let ended = try await bench.start(["bench", "all", "--json", "--dir", "a place"] + amounts).ended()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(try bench.tree("\(bench.root)/a place") == ["keep": ""], "nothing is left behind")
            let path = try #require(ended.lines.last)
            #expect(path.wholeMatch(of: /.*\/state\/bench\/\d{8}T\d{6}\.\d{3}Z\.json/) != nil, "\(path)")
            #expect(try mode(of: path) == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(bench.state)/bench").count == 1)
            let record = try JSONValue(parsing: Array(try #require(bench.read(path)).utf8))
            #expect(
                record.members.keys.sorted()
                    == ["at", "build", "figures", "format", "machine", "n", "problems", "version"]
            )
            #expect(record["problems"] == [] && record["format"] == 1 && record["n"] == 20)
            let machine = record["machine"]?.members ?? [:]
            #expect(machine.keys.sorted() == ["cores", "filesystem", "kernel", "memory_mb", "processor"])
            #expect(try #require(machine["cores"]?.integer) > 0)
            try expectFigures(record["figures"]?.elements ?? [], printed: ended.output)
        }
    }

    /// Each kind is there, each name once, and each in the table too.
    private func expectFigures(_ figures: [JSONValue], printed: String) throws {
        let names = figures.compactMap { $0["name"]?.text }
        #expect(names.count == figures.count)
        #expect(Set(names).count == names.count)
        #expect(
            Set(names.compactMap { $0.split(separator: ",").first }) == ["engine", "sqlite", "start", "load", "serve"]
        )
        for name in names { #expect(printed.contains("  \(name) "), "\(name)") }
        let values = Dictionary(uniqueKeysWithValues: zip(names, figures.map { $0["value"]?.number }))
        #expect(values["engine, kill, 20 steps, lost"] == 0)
        #expect(try #require(values["sqlite, commit"] ?? nil) > 0)
        #expect(try #require(values["engine, steps, 20 steps, against a bare commit"] ?? nil) > 0)
        #expect(try #require(values["start, version, memory"] ?? nil) > 1)
        #expect(values.keys.contains("load, yaml, pytest, \(try shippedPytest()) lines, time"))
        #expect(figures.allSatisfy { $0["unit"]?.text?.isEmpty == false })
    }

    /// How many lines the pipeline has that comes with Sluice and is measured.
    private func shippedPytest() throws -> Int {
        try String(contentsOfFile: "\(Bench.package)/Pipelines/pytest.yaml", encoding: .utf8).count { $0 == "\n" }
    }

    @Test func aCheckIsMeasuredBesideItsRunner() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("bench", "check", "--files", "100", "--n", "2")
            #expect(ended.status == 0, "\(ended)")
            let figure = try JSONValue(parsing: Array(ended.output.utf8))
            #expect(figure["ev"] == "check" && figure["files"] == 100 && figure["rounds"] == 2)
            for name in ["first_ms", "check_ms", "runner_ms", "ratio"] {
                #expect(try #require(figure[name]?.number) > 0, "\(name)")
            }
        }
    }

    @Test func aCallOfAServersToolIsMeasuredBesideTheOfficialClient() async throws {
        let environment = "\(Bench.package)/.venv-mcp/bin"
        try #require(
            FileManager.default.isExecutableFile(atPath: "\(environment)/python3"),
            "There is no '.venv-mcp': run 'make mcp'."
        )
        try await withBench { bench in
            for (path, isMeasured) in [("\(environment):/usr/bin:/bin", true), ("/usr/bin:/bin", false)] {
                let ended = try await bench.sluice("bench", "mcp", "--n", "40", adding: ["PATH": path])
                #expect(ended.status == 0, "\(ended)")
                let figure = try JSONValue(parsing: Array(ended.output.utf8))
                #expect(figure["ev"] == "mcp" && figure["calls"] == 40)
                for name in ["start_ms", "median_us", "p95_us"] {
                    #expect(try #require(figure[name]?.number) > 0, "\(name)")
                }
                for name in ["python_median_us", "python_p95_us", "ratio"] {
                    #expect((figure[name]?.number ?? 0 > 0) == isMeasured, "\(name)")
                }
            }
        }
    }

    @Test func aSearchIsMeasuredBesideRipgrep() async throws {
        try await withBench { bench in
            try bench.write("", to: "place/keep")
            let ended = try await bench.sluice("bench", "grep", "--size", "2 MB", "--dir", "place")
            #expect(ended.status == 0, "\(ended)")
            let lines = try ended.lines.map { try JSONValue(parsing: $0) }
            #expect(
                lines.compactMap { $0["pattern"]?.text } == ["rare", "absent", "common", "regex", "common regex"]
            )
            for line in lines {
                #expect(line["ev"] == "grep" && line["bytes"] == 2_000_000 && line["files"] == 100)
                for name in ["ms", "rg_ms", "ratio"] { #expect(try #require(line[name]?.number) > 0, "\(name)") }
            }
            #expect(try bench.tree("\(bench.root)/place") == ["keep": ""], "nothing is left behind")
            let small = try await bench.sluice("bench", "grep", "--size", "1 kB")
            #expect(small.status == 64)
        }
    }

    @Test func whoeverEndsASearchEarlyLeavesNothing() async throws {
        try await withBench { bench in
            try bench.write("", to: "place/keep")
            let running = try bench.start(["bench", "grep", "--size", "10 GB", "--dir", "place"])
            let folder = "\(bench.root)/place"
            let deadline = ContinuousClock.now + .seconds(60)
            while (try? FileManager.default.subpathsOfDirectory(atPath: folder).count) ?? 0 < 200, .now < deadline {
                await Task.yield()
            }
            running.send(SIGINT)
            #expect(await running.ended().status == 130)
            #expect(try bench.tree(folder) == ["keep": ""])
        }
    }

    @Test func whoeverEndsItEarlyLeavesNothing() async throws {
        try await withBench { bench in
            try bench.write("", to: "place/keep")
            let running = try bench.start(["bench", "all", "--json", "--n", "50000", "--dir", "place"])
            await running.wait(for: "build")
            let folder = "\(bench.root)/place"
            running.send(SIGTERM)
            #expect(await running.ended().status == 130)
            #expect(try bench.tree(folder) == ["keep": ""])
            // A process that was killed is there for another moment.
            let deadline = ContinuousClock.now + .seconds(30)
            while !measured(in: folder).isEmpty, .now < deadline { await Task.yield() }
            #expect(measured(in: folder) == [])
            #expect(!FileManager.default.fileExists(atPath: "\(bench.state)/bench"))
        }
    }

    @Test(
        arguments: [
            (
                ["lod"],
                "There is no 'sluice bench lod'. Did you mean 'load'? There are: engine, load, serve, provider, mcp, sandbox, foreign, grep, workspace, check, all."
            ),
            (["load", "steps"], "'sluice bench load' takes no 'steps'."),
            (["all", "steps"], "'sluice bench all' takes no 'steps'."),
            (["mcp", "steps"], "'sluice bench mcp' takes no 'steps'."),
            (["load", "--n", "0"], "Option '--n' must be from 1 to 100000, but is 0."),
            (["all", "--n", "100001"], "Option '--n' must be from 1 to 100000, but is 100001."),
            (["all", "--dir", "nowhere"], "There is no directory 'ROOT/nowhere'. Give a directory with --dir."),
        ] as [([String], String)]
    )
    func whatCannotBeMeasuredIsNamed(words: [String], message: String) async throws {
        try await withBench { bench in
            let ended = try await bench.start(["bench"] + words).ended()
            #expect(ended.errors.replacing(bench.root, with: "ROOT") == message + "\n")
            #expect(ended.output == "")
            #expect(ended.status == 64)
            #expect(!FileManager.default.fileExists(atPath: bench.state))
        }
    }

    @Test func aDirectoryThatCannotBeMadeIsNamed() async throws {
        try await withBench { bench in
            try bench.write("", to: "taken")
            let ended = try await bench.sluice("bench", "all", "--json", "--n", "5", "--out", "taken")
            #expect(ended.errors == "The directory '\(bench.root)/taken' cannot be made: File exists.\n")
            #expect(ended.status == 70)
            #expect(ended.output == "")
        }
    }

    @Test func aServerServesWhatWasKept() async throws {
        try await withBench { bench in
            let folder = "\(bench.state)/bench"
            for (day, value) in [("20260101", 1.0), ("20260102", 2.0)] { try bench.keep(day, value) }
            try bench.write("{", to: "\(folder)/20260103T000000.000Z.json")
            try bench.write(#"{"format": 2}"#, to: "\(folder)/20260104T000000.000Z.json")
            try bench.write(String(repeating: " ", count: 300_000), to: "\(folder)/20260105T000000.000Z.json")
            try bench.write("{}", to: "\(folder)/other.json")
            try bench.write("not one of them", to: "\(folder)/notes.txt")
            try bench.write("half", to: "\(folder)/.1.draft")
            let path = "\(folder)/20260106T000000.000Z.json"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(folder)/other.json")
            #expect(mkfifo("\(folder)/20260107T000000.000Z.json", 0o600) == 0)
            try await withServer(bench) { served in
                let found = try await served.client.get("/api/v1/benchmarks").json
                let items = found["items"]?.elements ?? []
                #expect(items.map { $0["file"] } == ["20260102T000000.000Z.json", "20260101T000000.000Z.json"])
                #expect(items.first?["figures"]?.elements.first?["value"]?.number == 2)
                let skipped = (found["skipped"]?.elements ?? []).map {
                    "\($0["file"]?.text ?? ""): \($0["reason"]?.text ?? "")"
                }
                #expect(skipped == Self.skipped)
            }
        }
    }

    private static let skipped = [
        "other.json: It is no file of the benchmark: it has no 'format'.",
        "20260107T000000.000Z.json: It is not a regular file.",
        "20260106T000000.000Z.json: It cannot be opened: Too many levels of symbolic links.",
        "20260105T000000.000Z.json: It has more than 256 kB.",
        "20260104T000000.000Z.json: It is of format 2, and this version of Sluice reads format 1.",
        "20260103T000000.000Z.json: Not valid JSON at line 1, column 2 (byte 1): expected a key in double quotes or '}', but "
            + "found the end of the document.",
    ]

    @Test func aServerWithoutBenchmarksHasNone() async throws {
        try await withBench { bench in
            try await withServer(bench) { served in
                let found = try await served.client.get("/api/v1/benchmarks").json
                #expect(found == ["items": [], "next": .null, "skipped": []])
            }
        }
    }

    /// The command lines of processes that were given this directory.
    private func measured(in directory: String) -> [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let lines = processes.filter { Int($0) != nil }.compactMap { process in
            try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
        }
        return lines.filter { $0.contains(directory) }
    }

    private func mode(of path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }
}

extension Bench {
    fileprivate func keep(_ day: String, _ value: Double) throws {
        let record: JSONValue = [
            "format": 1, "version": "0.1.0", "build": "release", "at": "2026-01-01T00:00:00.000Z",
            "figures": [["name": "load, yaml, time", "value": .double(value), "unit": "µs"]],
        ]
        try write(record.jsonText, to: "\(state)/bench/\(day)T000000.000Z.json")
    }
}
