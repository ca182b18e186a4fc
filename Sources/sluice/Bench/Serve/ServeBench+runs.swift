import LoadKit
import PipelineKit

// Runs that stand still until everybody is there.
extension ServeBench {
    /// Starts a run that waits for a person, and behind the answer takes so many steps and ends.
    func park(_ steps: PacedSteps) throws(CommandError) -> String {
        let order: JSONValue = ["pipeline": .string(PacedSteps.file), "inputs": steps.inputs]
        let row = try ask(Call("POST", "/api/v1/runs", body: order.encoded()))
        guard let run = row["run"]?.text else { throw .broken("The server does not name the run that it started.") }
        try wait(for: run, to: "waiting")
        return run
    }

    func release(_ run: String) throws(CommandError) {
        let answer: JSONValue = ["decision": "approve"]
        try ask(Call("POST", "/api/v1/runs/\(run)/approvals/a1", body: answer.encoded()))
    }

    /// - Returns: the run as it is then.
    @discardableResult
    func wait(for run: String, to status: String) throws(CommandError) -> JSONValue {
        let deadline = MonotonicClock.milliseconds + Self.patience
        while true {
            let row = try ask(Call("GET", "/api/v1/runs/\(run)"))
            guard row["status"]?.text != status else { return row }
            guard MonotonicClock.milliseconds < deadline else {
                let found = row["status"]?.text ?? "without a status"
                throw .broken("Run '\(run)' was to be \(status), and is \(found) after \(Self.patience / 1000) s.")
            }
            pause(milliseconds: 2)
        }
    }

    /// A figure that the server tells of itself.
    func metric(_ name: String) throws(CommandError) -> Int {
        let text = String(decoding: try answer(to: Call("GET", "/metrics")).body, as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        guard let figure = line?.split(separator: " ").last.flatMap({ Int($0) }) else {
            throw .broken("The server does not tell '\(name)' among its metrics.")
        }
        return figure
    }

    @discardableResult
    private func ask(_ call: Call) throws(CommandError) -> JSONValue {
        let figures = try answer(to: call)
        do throws(JSONError) { return try JSONValue(parsing: figures.body) } catch {
            throw unexpected(figures, of: call)
        }
    }

    private func answer(to call: Call) throws(CommandError) -> CallFigures {
        let figures = try loading { () throws(Failure) in
            try CallLoad(call, to: server.port, connections: 1).run(milliseconds: 0)
        }
        guard figures.statuses.keys.allSatisfy((200..<300).contains) else { throw unexpected(figures, of: call) }
        return figures
    }

    func unexpected(_ figures: CallFigures, of call: Call) -> CommandError {
        let statuses = figures.statuses.keys.sorted().map(String.init).joined(separator: " and ")
        let said = String(decoding: figures.body.prefix(500), as: UTF8.self)
        return .broken("The server answered \(call.method) \(call.path) with \(statuses): \(said)")
    }

    func loading<Value>(_ body: () throws(Failure) -> Value) throws(CommandError) -> Value {
        do throws(Failure) { return try body() } catch { throw .broken(error.message) }
    }
}

/// The steps of a run.
struct PacedSteps {
    var count: Int
    /// A second; as fast as they are recorded when that is slower.
    var rate: Int
    /// Of each one's output.
    var bytes = 0

    /// The name of the pipeline, a file in the directory of the server: what is sent as text may not set up models.
    static let file = "paced.yaml"

    var inputs: JSONValue { ["steps": .int(count), "rate": .int(rate), "bytes": .int(bytes)] }

    static var pipeline: JSONValue {
        let tool = PacedTool.id.value
        return [
            "name": "paced", "model": "paced/none", "goal": ["gate": "never"],
            "inputs": ["steps": ["type": "integer"], "rate": ["type": "integer"], "bytes": ["type": "integer"]],
            "tools": ["allow": [.string(tool)], "with": [tool: ["bytes": "${inputs.bytes}"]]],
            "limits": ["iterations": 2, "turns": 1_000, "parallel_tools": 1],
            "human": ["gate": "after_failed_check"],
            "providers": ["paced": ["steps": "${inputs.steps}", "rate": "${inputs.rate}"]],
        ]
    }
}
