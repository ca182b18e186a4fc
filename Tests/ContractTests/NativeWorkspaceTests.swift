import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// What a run did is applied and forked over HTTP as on the command line.
struct NativeWorkspaceTests {
    @Test func aRunIsForkedAndCarriedOn() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            try await bench.end(of: run)
            let forked = try await bench.client.post(
                "/api/v1/runs/\(run)/fork",
                ["at": 2, "id": "f1", "limits": ["iterations": 7], "isolation": "copy"]
            )
            #expect(forked.status == .created)
            #expect(forked.headers["location"] == "/api/v1/runs/f1")
            let row = try forked.json()
            #expect(row["forked_from"] == ["run": .string(run), "sequence": 2])
            #expect(row["iterations"] == 7)
            try await bench.end(of: "f1")
            #expect(try await bench.json("/api/v1/runs/f1")["status"] == "achieved")
        }
    }

    @Test func whatCannotBeForkedIsSaid() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            try await bench.end(of: run)
            let early = try await bench.client.post("/api/v1/runs/\(run)/fork", ["at": 1])
            #expect(early.status == .unprocessable)
            #expect(try early.json()["detail"]?.text?.contains("The nearest that work are 2.") == true)
            let taken = try await bench.client.post("/api/v1/runs/\(run)/fork", ["at": 2, "id": .string(run)])
            #expect(taken.status == .conflict)
            let wrong = try await bench.client.post("/api/v1/runs/\(run)/fork", ["id": "No Name"])
            #expect(wrong.status == .unprocessable)
        }
    }

    @Test func aRunInTheProjectItselfIsThereAlready() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            try await bench.end(of: run)
            let applied = try await bench.client.post("/api/v1/runs/\(run)/apply", [:])
            #expect(try applied.json() == ["already": true, "changes": []])
            let both = try await bench.client.post("/api/v1/runs/\(run)/apply", ["commit": true, "branch": "x"])
            #expect(both.status == .unprocessable)
        }
    }

    @Test func theEvidenceOfACheckIsHandedOnInEveryForm() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            try await bench.end(of: run)
            let path = "/api/v1/runs/\(run)/report"
            let markdown = try await bench.client.get(path)
            #expect(markdown.headers["content-type"] == "text/markdown; charset=utf-8")
            #expect(String(decoding: markdown.body, as: UTF8.self).hasPrefix("## "))
            let junit = try await bench.client.get("\(path)?format=junit&check=0")
            #expect(junit.headers["content-type"] == "application/xml")
            #expect(
                String(decoding: junit.body, as: UTF8.self).hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
            )
            let sarif = try await bench.client.get("\(path)?format=sarif")
            #expect(sarif.headers["content-type"] == "application/sarif+json")
            #expect(try sarif.json()["version"] == "2.1.0")
            let wrong = try await bench.client.get("\(path)?format=pdf")
            #expect(wrong.status == .unprocessable)
            let words = "Parameter 'format' must be markdown, junit or sarif, but is 'pdf'."
            #expect(try wrong.json()["detail"] == .string(words))
            let late = try await bench.client.get("\(path)?check=9")
            #expect(late.status == .unprocessable)
            #expect(try late.json()["detail"] == .string("Run '\(run)' has had no check after iteration 9."))
        }
    }
}
