import PipelineKit
import Synchronization

/// The tools of a run as its pipeline configures them, each made when it is first needed.
final class Toolbox: Sendable {
    private let tools = Mutex<[String: ConfiguredTool]>([:])

    /// - Parameter policy: Has the settings of the tool.
    /// - Throws: ``Failure`` when the tool refuses its settings.
    func tool(_ factory: ToolFactory, _ policy: @autoclosure () -> ToolPolicy?) throws(Failure) -> ConfiguredTool {
        if let made = tools.withLock({ $0[factory.id.value] }) { return made }
        do throws(FieldProblems) {
            let tool = try factory.make(policy()?.settings(for: factory.names) ?? [:])
            tools.withLock { $0[factory.id.value] = tool }
            return tool
        } catch {
            throw error.failure
        }
    }
}
