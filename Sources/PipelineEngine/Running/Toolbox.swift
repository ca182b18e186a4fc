import PipelineKit
import Synchronization

/// The tools of a run as its pipeline configures them, each made when it is first needed.
final class Toolbox: Sendable {
    private let tools = Mutex<[String: ConfiguredTool]>([:])

    /// A tool that was made before.
    func made(_ factory: ToolFactory) -> ConfiguredTool? { tools.withLock { $0[factory.id.value] } }

    /// - Parameter policy: Has the settings of the tool.
    /// - Throws: ``Failure`` when the tool refuses its settings.
    func tool(_ factory: ToolFactory, _ policy: ToolPolicy) throws(Failure) -> ConfiguredTool {
        if let made = made(factory) { return made }
        do throws(FieldProblems) {
            let tool = try factory.make(policy.settings(for: factory.names))
            tools.withLock { $0[factory.id.value] = tool }
            return tool
        } catch {
            throw error.failure
        }
    }
}
