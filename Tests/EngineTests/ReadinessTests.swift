import PipelineEngine
import PipelineKit
import Testing

/// What would keep the models of a pipeline from being asked, all of it and before anything is done.
struct ReadinessTests {
    private static func told(_ more: [String: JSONValue]) throws -> [String] {
        let json = ["name": "p"].merging(more) { $1 }
        return Readiness(Bench.registry) { _ in nil }.problems(try Pipeline(json: .object(json))).map(\.message)
    }

    private static func unpriced(_ model: String, _ limit: String) -> String {
        """
        The price of '\(model)' is not known, so the limit of \(limit) cannot be kept. Give input_price and output_price \
        under 'providers: notes:', write the model into prices.yaml, leave 'limits.cost' out, or set \
        'limits.allow_unknown_price: true' (--allow-unknown-price).
        """
    }

    @Test func everythingIsToldAtOnce() throws {
        let steps: JSONValue = [
            ["id": "a", "model": "notes/a"], ["id": "b", "model": "notes/b"], ["id": "c", "model": "notes/a"],
            ["id": "d"],
        ]
        let nameless = """
            Step 'd' names no model, and neither does the pipeline. Add 'model: provider/name', or give --model.
            """
        #expect(
            try Self.told(["steps": steps, "limits": ["cost": "1 USD"]]) == [
                Self.unpriced("notes/a", "1.00 USD"), Self.unpriced("notes/b", "1.00 USD"), nameless,
            ]
        )
        let race: JSONValue = ["notes/a", "notes/b"]
        #expect(
            try Self.told(["race": race, "goal": ["gate": "content"], "limits": ["cost": "1 USD"]]) == [
                Self.unpriced("notes/a", "1.00 USD"), Self.unpriced("notes/b", "1.00 USD"),
            ]
        )
    }

    @Test func theLimitsOfAStepHaveToBeKeptToo() throws {
        let limited: JSONValue = ["id": "b", "needs": ["a"], "limits": ["cost": "0.01 USD"]]
        let steps: JSONValue = [["id": "a"], limited]
        #expect(try Self.told(["model": "notes/x", "steps": steps]) == [Self.unpriced("notes/x", "0.01 USD")])
        let allowed: JSONValue = ["allow_unknown_price": true]
        #expect(try Self.told(["model": "notes/x", "steps": steps, "limits": allowed]) == [])
        // A step without a limit of cost has what the run has left.
        let turns: JSONValue = [["id": "a", "limits": ["turns": 5]]]
        #expect(
            try Self.told(["model": "notes/x", "steps": turns, "limits": ["cost": "2 USD"]])
                == [Self.unpriced("notes/x", "2.00 USD")]
        )
    }
}
