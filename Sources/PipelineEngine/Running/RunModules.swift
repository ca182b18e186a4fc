import PipelineKit
import Synchronization

/// The modules of one run: those of this process, what its pipeline brings along, and its tools as it configures them.
final class RunModules: Sendable {
    private struct State {
        var registry: Registry
        var isEquipped = false
        /// Each made when it is first needed.
        var tools: [String: ConfiguredTool] = [:]
    }

    private let state: Mutex<State>
    private let own: Registry
    private let entrance = Turnstile()

    /// - Parameter own: What the process has.
    init(_ own: Registry) {
        self.own = own
        state = Mutex(State(registry: own))
    }

    /// Until ``equip(for:)`` has returned, those of the process alone.
    var registry: Registry { state.withLock(\.registry) }

    /// Whether ``registry`` is whole.
    var isEquipped: Bool { state.withLock(\.isEquipped) }

    /// Adds what the pipeline brings along; servers are started for it where its rules name what they have.
    ///
    /// - Parameters:
    ///   - redactor: Cleans what servers say of their tools, as they are given secrets.
    ///   - workspace: With what confines its commands.
    /// - Returns: why a run goes without what is optional.
    /// - Throws: ``Failure`` for what cannot be had.
    func equip(
        for pipeline: Pipeline,
        _ redactor: Redactor,
        in workspace: () async throws(Failure) -> Workspace
    ) async throws(Failure) -> [Failure] {
        guard !pipeline.brought.isEmpty else {
            state.withLock { $0.isEquipped = true }
            return []
        }
        return try await entrance.pass { () async throws(Failure) in
            guard !self.isEquipped else { return [] }
            let workspace = try await workspace()
            let (included, findings) = self.own.including(pipeline, in: workspace.project)
            guard findings.problems.isEmpty else { throw FieldProblems(findings.problems).failure }
            let rules = pipeline.tools.allow + pipeline.tools.ask
            let (whole, missing) = try await included.opening(for: rules, in: workspace) { redactor.clean($0) }
            self.state.withLock { state in
                state.registry = whole
                state.isEquipped = true
            }
            return missing
        }
    }

    /// Forgets what the pipeline brings along, so that its servers end unless another run uses them.
    func unequip() { state.withLock { $0 = State(registry: own) } }

    /// A tool that was made before.
    func made(_ factory: ToolFactory) -> ConfiguredTool? { state.withLock { $0.tools[factory.id.value] } }

    /// - Parameter policy: Has the settings of the tool.
    /// - Throws: ``Failure`` when the tool refuses its settings.
    func tool(_ factory: ToolFactory, _ policy: ToolPolicy) throws(Failure) -> ConfiguredTool {
        if let made = made(factory) { return made }
        do throws(FieldProblems) {
            let tool = try factory.make(policy.settings(for: factory.names))
            state.withLock { $0.tools[factory.id.value] = tool }
            return tool
        } catch {
            throw error.failure
        }
    }
}
