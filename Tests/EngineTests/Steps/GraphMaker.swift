import PipelineKit
import PipelineTesting

@testable import PipelineEngine

/// Makes pipelines with steps of every kind, needing each other in every way.
struct GraphMaker {
    private var dice: Dice
    private var steps: [JSONValue] = []
    private var models: [String: [JSONValue]] = [:]
    /// Steps that set an output.
    private var setters: [Int] = []

    /// One that has no mistakes.
    static func pipeline(seed: UInt64) throws -> Pipeline {
        var dice = Dice(seed: seed)
        while true {
            var maker = GraphMaker(dice: Dice(seed: dice.next()))
            let pipeline = try? maker.pipeline()
            if let pipeline { return pipeline }
        }
    }

    private init(dice: Dice) { self.dice = dice }

    private mutating func pipeline() throws -> Pipeline {
        for index in 0..<dice.roll(2...6) { addStep(index) }
        var more: [String: JSONValue] = ["limits": ["iterations": .int(dice.roll(1...2))]]
        if dice.once(in: 2) { more["goal"] = ["gate": "content", "with": ["file": .string("f\(dice.roll(0...2))")]] }
        return try StepBench.pipeline(steps, models, more)
    }

    private mutating func addStep(_ index: Int) {
        let needs = Set((0..<dice.roll(0...2)).compactMap { _ in index == 0 ? nil : "s\(dice.roll(0...index - 1))" })
        var step: [String: JSONValue] = [
            "id": .string("s\(index)"), "needs": .array(needs.sorted().map(JSONValue.string)),
            "on_failure": .string(dice.pick(["fail", "fail", "ignore"])),
        ]
        if let one = needs.sorted().first, dice.once(in: 3) {
            let field = dice.pick(["passed", "failed", "skipped", "empty"])
            step["if"] = .string("\(dice.pick(["", "not "]))steps.\(one).\(field)")
        }
        let rest: [String: JSONValue] =
            switch dice.roll(0...7) {
            case 0: ["gate": "content", "with": ["file": .string(read(needs))]]
            case 1: ["human": .string("Is \(index) well?")]
            case 2: ["pipeline": called(index)]
            default: model(index, needs)
            }
        steps.append(.object(step.merging(rest) { $1 }))
    }

    private mutating func model(_ index: Int, _ needs: Set<String>) -> [String: JSONValue] {
        let name = "m\(index)"
        var step: [String: JSONValue] = ["model": .string("\(name)/x")]
        var replies = dice.once(in: 4) ? [] : [StepBench.write("f\(index)", dice.pick(["done", "done", "half"]))]
        if dice.once(in: 2) {
            let tasks = dice.once(in: 2)
            replies.append(StepBench.handOn(["list": tasks ? Self.tasks : ["a", "b"]]))
            step["outputs"] = ["list": ["type": tasks ? "tasks" : "list"]]
            setters.append(index)
        }
        // Elements and steps work in the same files here, so each looks at its own, or at those of what it needs.
        if let setter = setters.first(where: { needs.contains("s\($0)") }), dice.once(in: 2) {
            step["each"] = .string("${steps.s\(setter).list}")
            step["instructions"] = "Look at ${item}."
        } else if dice.once(in: 3) {
            step["goal"] = ["gate": "content", "with": ["file": .string("f\(index)")]]
            step["limits"] = ["iterations": .int(dice.roll(1...2))]
        }
        if dice.once(in: 3) { step["retry"] = ["times": .int(dice.roll(1...2))] }
        if dice.once(in: 5) { step["tools"] = ["allow": [], "ask": ["write"]] }
        models[name] = replies + [["text": .string("This was \(name).")]]
        return step
    }

    /// The second and the third wait for the first.
    private static let tasks: JSONValue = [
        ["id": "c", "task": "The third.", "needs": ["a"]], ["id": "b", "task": "The second.", "needs": ["a"]],
        ["id": "a", "task": "The first."],
    ]

    private mutating func read(_ needs: Set<String>) -> String {
        needs.isEmpty ? "nothing" : "f\(dice.pick(needs.sorted()).dropFirst())"
    }

    private mutating func called(_ index: Int) -> JSONValue {
        [
            "name": "called", "model": "notes/x", "tools": ["allow": ["write"]], "limits": ["iterations": 1],
            "goal": ["gate": "content", "with": ["file": .string("f\(index)")]],
            "providers": ["notes": ["replies": [StepBench.write("f\(index)", dice.pick(["done", "half"]))]]],
        ]
    }
}
