import Foundation
import PipelineKit
import Testing

/// What a server says of itself, read by those it is meant for.
@Suite struct DescriptionTests {
    @Test func itsDescriptionIsOpenAPIThatAValidatorTakes() async throws {
        try await withBench { bench in
            let served = try await Served(bench)
            let answer = try await served.client.get("/openapi.json")
            #expect(answer.json["openapi"] == "3.1.0")
            #expect(answer.json["paths"]?.members.keys.contains("/api/v1/runs/{run}/stream") == true)
            try bench.write(answer.text, to: "openapi.json")
            try await bench.run("\(Bench.package)/.venv/bin/python3", "-m", "openapi_spec_validator", "openapi.json")
            await served.stop()
        }
    }

    @Test func itSaysWhatItIsAndWhetherItCanServe() async throws {
        try await withBench { bench in
            let served = try await Served(bench, ["--runs", "7", "--contract", "sluice"])
            let about = try await served.client.get("/api/v1/server").json
            #expect(about["contracts"] == ["sluice", "operations"])
            #expect(about["runs_at_once"] == 7)
            #expect(about["roots"] == [.string(bench.root)])
            #expect(about["needs_key"] == false)
            #expect(try await served.client.get("/health").json == ["status": "ok"])
            #expect(try await served.client.get("/ready").json == ["status": "ready"])
            #expect(try await served.client.get("/api/runs").status == 404)
            let figures = try await served.client.get("/metrics").text
            #expect(
                figures.contains("sluice_http_requests_total{contract=\"operations\",method=\"GET\",route=\"/health\"")
            )
            await served.stop()
        }
    }
}
