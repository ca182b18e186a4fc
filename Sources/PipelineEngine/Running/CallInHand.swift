import PipelineKit

/// A call that somebody is about to carry out, with what they need for it.
struct CallInHand: Sendable {
    let call: RunState.Call
    let workspace: Workspace
    let tool: Result<ConfiguredTool, Failure>
    /// The digest of what would run now, where that matters (``RunState/Call/isBound``).
    let shown: Digest?
    /// Whether it is recorded already, by this process and for this one time, that the call is carried out.
    let isBegun: Bool
    /// Those of the pipeline.
    let hooks: Hooks?

    func output(in context: ToolContext) async throws(Failure) -> ToolOutput {
        let tool = try tool.get()
        let written = call.proposed.call
        let arguments: JSONValue
        do throws(JSONError) {
            arguments = try written.readArguments()
        } catch {
            throw Failure(.invalidInput, "The arguments of '\(written.tool)' are not JSON: \(error)")
        }
        return try await tool.call(arguments, context)
    }
}
