import PipelineKit
import Synchronization

/// The tools of a run as its pipeline configures them, each made when it is first needed.
final class Toolbox: Sendable {
    private let tools = Mutex<[String: ConfiguredTool]>([:])

    /// - Throws: ``Failure`` when the tool refuses its settings.
    func tool(_ factory: ToolFactory, _ pipeline: @autoclosure () -> Pipeline?) throws(Failure) -> ConfiguredTool {
        if let made = tools.withLock({ $0[factory.id.value] }) { return made }
        do throws(FieldProblems) {
            let tool = try factory.make(pipeline()?.tools.settings(for: factory.names) ?? [:])
            tools.withLock { $0[factory.id.value] = tool }
            return tool
        } catch {
            throw error.failure
        }
    }
}
