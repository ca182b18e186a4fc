import CommandProvider
import Foundation
import PipelineKit
import PipelineTesting
import Testing

/// A program that stands in for a model, and what it is asked.
struct ProgramExample {
    var settings: JSONValue
    var messages: [Message] = [.user("Go.")]
    var secrets: [String: String] = [:]
    var attempt = 1
    var form: ReplyForm?
    var images: [String: Image] = [:]

    /// A shell's command line.
    init(line: String, _ more: JSONValue = [:]) { self.init(["/bin/sh", "-c", line], more) }

    init(_ run: [String], _ more: JSONValue = [:]) {
        settings = .object(more.members.merging(["run": .array(run.map(JSONValue.string))]) { own, _ in own })
    }

    var request: ModelRequest {
        let tool = ToolSpecification(name: "file_list", summary: "Lists.", arguments: ["type": "object"])
        return ModelRequest(
            model: "local",
            system: "You are a test.",
            messages: Messages(messages),
            tools: [tool],
            maximumOutput: 100,
            form: form,
            images: images
        )
    }

    func ask(_ emit: @escaping @Sendable (ModelPiece) -> Void = { _ in }) async throws(Failure) -> ModelReply {
        let context = ProviderContext(
            transport: NoTransport(),
            secrets: { secrets[$0.description] },
            attempt: attempt,
            emit: emit
        )
        return try await provider().reply(to: request, in: context)
    }

    func provider() throws(Failure) -> CommandProvider {
        let read: CommandSettings
        do throws(FieldProblems) { read = try CommandSettings(json: settings) } catch { throw error.failure }
        return try CommandProvider(settings: read)
    }

    /// The program that `Docs/Guides/ModelPrograms.md` shows, run by the Python of PATH.
    static func ofTheGuide() throws -> ProgramExample {
        let root = ModelServer.fixtures.deletingLastPathComponent().deletingLastPathComponent()
        let guide = try String(contentsOf: root.appending(path: "Docs/Guides/ModelPrograms.md"), encoding: .utf8)
        let program = try #require(guide.firstMatch(of: /```python\n((?s:.*?))```/), "The guide shows a program.")
        return ProgramExample(["python3", "-c", String(program.1)])
    }
}
