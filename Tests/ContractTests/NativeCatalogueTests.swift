import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// What can be started here, and what the server says of itself.
struct NativeCatalogueTests {
    @Test func pipelinesAreListedWithThoseThatAreWrong() async throws {
        try await ContractBench.serving { bench in
            try bench.write("name: own\ngoal: content\nmodel: notes/fix\n", to: "own.yaml")
            try bench.write("name: bad\ngoal: contnt\n", to: "wrong.yaml")
            let items = try await bench.json("/api/v1/pipelines")["items"]?.elements ?? []
            #expect(
                items.first == [
                    "ref": "fix", "source": "built_in", "name": "fix",
                    "description": "Works until the file says so.", "goal": "content", "model": "notes/fix",
                    "inputs": ["word": ["type": "string", "default": "done"]],
                ]
            )
            #expect(items.map { $0["source"] } == ["built_in", "built_in", "built_in", "file", "file"])
            #expect(items.dropFirst(3).first?["name"] == "own")
            let problem = try #require(items.last?["problems"]?.elements.first?.text)
            #expect(problem.contains("wrong.yaml:2:7: error: Unknown gate 'contnt'. Did you mean 'content'?"))
        }
    }

    @Test func aPipelineIsShownInItsNormalForm() async throws {
        try await ContractBench.serving { bench in
            try bench.write("name: own\ngoal: content\n", to: "own.yaml")
            let path = "\(bench.directory)/own.yaml".split(separator: "/").joined(separator: "%2F")
            let shown = try await bench.json("/api/v1/pipelines/%2F\(path)")
            #expect(shown["normal"]?["goal"]?["gate"] == "content")
            #expect(shown["normal"]?["limits"]?["iterations"] == 20)
            let unknown = try await bench.client.get("/api/v1/pipelines/fxi")
            #expect(unknown.status == .notFound)
            #expect(try unknown.json()["detail"] == "There is no pipeline 'fxi'. Did you mean 'fix'?")
        }
    }

    @Test func aTextIsLintedWithPlaces() async throws {
        try await ContractBench.serving { bench in
            let wrong = try await bench.client.post("/api/v1/pipelines/lint", ["yaml": "name: x\ngoal: contnt\n"])
            #expect(wrong.status == .ok)
            #expect(
                try wrong.json() == [
                    "valid": false,
                    "problems": [
                        [
                            "severity": "error", "line": 2, "column": 7, "text": "goal: contnt",
                            "message": "Unknown gate 'contnt'. Did you mean 'content'?",
                        ]
                    ],
                ]
            )
            let right = try await bench.client.post("/api/v1/pipelines/lint", ["yaml": "name: x\ngoal: content\n"])
            #expect(try right.json()["valid"] == true)
            #expect(try right.json()["normal"]?["name"] == "x")
        }
    }

    @Test func modulesAreListedOnceWithTheirSettings() async throws {
        try await ContractBench.serving { bench in
            let gates = try await bench.json("/api/v1/modules?kind=gate")["items"]?.elements ?? []
            #expect(gates.map { $0["id"] }.contains("content"))
            #expect(Set(gates.map { $0["kind"] }) == ["gate"])
            let all = try await bench.json("/api/v1/modules")["items"]?.elements ?? []
            let names = all.map { "\($0["kind"]?.text ?? "") \($0["id"]?.text ?? "")" }
            #expect(Set(names).count == names.count)
            let tool = try await bench.json("/api/v1/modules/tool/write")
            #expect(tool["summary"] == "Writes.")
            #expect(tool["arguments"]?["required"] == ["file", "text"])
            let unknown = try await bench.client.get("/api/v1/modules/tool/wriet")
            #expect(unknown.status == .notFound)
            #expect(try unknown.json()["detail"] == "There is no tool 'wriet'. Did you mean 'write'?")
        }
    }

    @Test func theServerSaysWhatItIs() async throws {
        try await ContractBench.serving(as: Principal(name: "ada")) { bench in
            let server = try await bench.json("/api/v1/server")
            #expect(
                server == [
                    "version": "test", "contracts": ["retrai", "sluice"], "roots": [.string(bench.directory)],
                    "runs_at_once": 4, "needs_key": false, "you": "ada",
                ]
            )
        }
    }

    @Test func benchmarksAreListedWithTheFilesThatCannotBeRead() async throws {
        try await ContractBench.serving { bench in
            let found = try await bench.json("/api/v1/benchmarks")
            #expect(
                found == [
                    "items": [
                        [
                            "file": "20260101T000000.000Z.json", "format": 1, "version": "test",
                            "at": "2026-01-01T00:00:00.000Z",
                            "figures": [["name": "load, yaml, time", "value": 2.5, "unit": "µs"]],
                        ]
                    ],
                    "next": .null, "skipped": [["file": "other.json", "reason": "It is no JSON."]],
                ]
            )
            #expect(try await bench.client.post("/api/v1/benchmarks").status == .methodNotAllowed)
        }
    }

    @Test func anArtifactIsServedByItsDigest() async throws {
        try await ContractBench.serving { bench in
            let artifact = Artifact(Array("long".utf8))
            let run = try await bench.order()
            try await bench.end(of: run)
            let state = try await bench.services.runs.state(of: RunID(run))
            let payload = Event.Payload.limitsChanged(state.limits, by: "ada")
            let rows = Chain.rows([payload], after: state.sequence, head: state.head, at: .start)
            let summary = try #require(try await bench.services.runs.summary(of: RunID(run)))
            var row = summary
            row.sequence = rows.last?.sequence ?? 0
            try await bench.store.append(Batch(run: RunID(run), events: rows, summary: row, artifacts: [artifact]))
            let response = try await bench.client.get("/api/v1/artifacts/\(artifact.digest)")
            #expect(response.bodyText == "long")
            #expect(response.headers["cache-control"] == "private, max-age=31536000, immutable")
            let other = String(repeating: "0", count: 64)
            #expect(try await bench.client.get("/api/v1/artifacts/\(other)").status == .notFound)
            #expect(
                try await bench.client.get("/api/v1/artifacts/x").json()["detail"]
                    == "An artifact is named by 64 hexadecimal digits, not 'x'."
            )
        }
    }

    @Test func theServerIsAliveAndReady() async throws {
        try await ContractBench.serving { bench in
            let (health, ready) = (try await bench.json("/health"), try await bench.json("/ready"))
            #expect(health == ["status": "ok"])
            #expect(ready == ["status": "ready"])
        }
    }

    @Test func everyRouteIsDescribed() async throws {
        try await ContractBench.serving { bench in
            let routes = bench.contracts.flatMap(\.routes)
            #expect(OpenAPI.gaps(in: routes) == [])
            for about in routes.compactMap(\.description) { #expect(about.summary.hasSuffix("."), "\(about.summary)") }
            let paths = try await bench.json("/openapi.json")["paths"]?.members ?? [:]
            let native = routes.map(\.pattern.text).filter { $0.hasPrefix("/api/v1/") }
            #expect(Set(paths.keys) == Set(native))
        }
    }
}
