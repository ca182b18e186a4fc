import HTTPKit
import PipelineEngine
import PipelineKit

/// What changes runs: their start, their end, and what is said to them in between.
///
/// What a pipeline says of tools, limits, the sandbox and when a person is asked cannot be changed from here: that is the
/// person's, and whoever calls is a model as a rule.
struct RunTools: Sendable {
    let desk: Desk

    var tools: [ServedTool] {
        [
            ServedTool(
                "start_run",
                "Starts a run of a pipeline on this project. It works until its goal holds, its limits are reached or it has"
                    + " a question for a person; follow it with watch_run.",
                .changes,
                start
            ),
            ServedTool(
                "say_to_run",
                "Says something to the model of a run that has not ended; it reads it before its next turn.",
                .changes
            ) { (arguments: Message, caller) throws(HTTPError) in
                try await post(arguments.run, "messages", ["text": .string(arguments.text)], caller)
            },
            ServedTool(
                "resume_run",
                "Takes up again a run that ended without its goal, or one that nobody carries on.",
                .changes
            ) { (arguments: Named, caller) throws(HTTPError) in try await post(arguments.run, "resume", [:], caller) },
            ServedTool("cancel_run", "Ends a run; what it has changed so far stays where it is.", .ends) {
                (arguments: Cancellation, caller) throws(HTTPError) in
                try await post(arguments.run, "cancel", ["reason": .string(arguments.reason)], caller)
            },
        ]
    }

    struct Named: Fields {
        @Field("The name of the run.") var run: String
    }

    struct Message: Fields {
        @Field("The name of the run.") var run: String
        @Field("What its model is to know.") var text: String
    }

    struct Cancellation: Fields {
        @Field("The name of the run.") var run: String
        @Field("Why it ends; told with its end.") var reason: String = ""
    }

    struct Order: Fields {
        @Field("A built-in pipeline, a gate, or a file of the project: list_pipelines names them.") var pipeline: String
        @Field("What is wanted, in words; the model of the run is told besides the goal of the pipeline.")
        var instructions: String? = nil
        @Field("Values for the inputs of the pipeline.") var inputs: [String: JSONValue] = [:]
        @Field("The model that works, where the pipeline names none.") var model: ModelChain? = nil
        @Field("A name for the run; else one is made up.") var id: String? = nil
    }

    @Sendable private func start(_ order: Order, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        var body: [String: JSONValue] = [
            "pipeline": .string(order.pipeline), "inputs": .object(order.inputs),
            "cwd": .string(desk.settings.directory),
        ]
        body["instructions"] = order.instructions.map(JSONValue.string)
        body["model"] = order.model?.json
        body["id"] = order.id.map(JSONValue.string)
        let row = try await desk.door.ask(.post, ["runs"], body: .object(body)).document()
        return .document(row.clipped)
    }

    private func post(_ run: String, _ verb: String, _ body: JSONValue, _ caller: ToolCaller) async throws(HTTPError)
        -> ToolAnswer
    {
        _ = try await desk.row(of: run)
        let who = desk.asker(caller)
        return .document(try await desk.door.ask(.post, ["runs", run, verb], body: body, by: who).document().clipped)
    }
}
