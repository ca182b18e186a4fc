import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// One provider, used several times in a pipeline under names of its own.
struct ProviderProfileTests {
    private func pipeline(_ model: JSONValue, _ providers: JSONValue) throws -> Pipeline {
        try Pipeline(json: ["name": "p", "goal": "content", "model": model, "providers": providers])
    }

    @Test func eachProfileHasItsOwnSettings() throws {
        let pipeline = try pipeline(
            ["cheap/x", "dear/x"],
            ["cheap": ["provider": "notes", "price": "1 USD"], "dear": ["provider": "notes", "price": "9 USD"]]
        )
        let models = try #require(pipeline.model).names
        let prices = try models.map { model in
            let provider = try Bench.registry.provider(of: model, in: pipeline)
            return Bench.registry.price(of: model, in: pipeline, asked: provider)
        }
        #expect(prices == [Price(input: .usd(1), output: .usd(1)), Price(input: .usd(9), output: .usd(9))])
    }

    @Test func theVendorsListTellsThePriceOfAProfile() throws {
        var registry = Bench.registry
        registry.listPrice = { $0 == ModelName("notes/x") ? Price(input: .usd(3), output: .usd(3)) : nil }
        let pipeline = try pipeline("work/x", ["work": ["provider": "notes"]])
        let model = try #require(ModelName("work/x"))
        let provider = try registry.provider(of: model, in: pipeline)
        #expect(registry.price(of: model, in: pipeline, asked: provider) == Price(input: .usd(3), output: .usd(3)))
    }

    @Test func oneAccountStandsInForAnother() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let pipeline = try Pipeline(json: [
            "name": "p", "goal": ["gate": "content", "with": ["file": "out", "is": "done"]],
            "model": ["work/x", "mine/x"], "tools": ["write"],
            "providers": [
                "work": ["provider": "notes", "replies": [["down": ["x"]]]],
                "mine": ["provider": "notes", "replies": [["calls": [RunningTests.write]]]],
            ],
        ])
        let order = RunOrder(run: "r1", pipeline: pipeline, project: bench.directory, origin: "test")
        let run = try await bench.services.runs.start(order)
        #expect(try await bench.services.runs.carryOn(run).status == .achieved)
        let models = try await bench.services.runs.events(of: run).compactMap { event in
            if case .modelRequested(let intent) = event.payload { intent.model } else { nil }
        }
        #expect(models == ["work/x", "work/x", "mine/x", "mine/x"])
    }

    @Test func aNameThatNobodyKnowsIsToldWithThoseThatThereAre() throws {
        let pipeline = try pipeline("wrok/x", ["work": ["provider": "notes"]])
        let words = "There is no model provider 'wrok'. Did you mean 'work'? There are: notes, work."
        #expect(throws: Failure(.missing, words)) {
            _ = try Bench.registry.provider(of: try #require(ModelName("wrok/x")), in: pipeline)
        }
    }
}
