import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit
import Synchronization

/// What the steps of a measured run do besides nothing, and what is told of them.
final class EngineStage: Sendable {
    /// The modules are made by the engine, which knows nothing of a stage.
    @TaskLocal static var current: EngineStage?

    private let lines: BenchLines
    private let effects: EffectsLog?
    /// The step in which the process waits to be killed; `nil` for none.
    private let hangsAt: Int?
    /// Tells of the first step that is entered.
    private let saysResumed: Bool
    /// How many steps this process has entered.
    private let entered = Mutex(0)

    init(_ lines: BenchLines, effects: EffectsLog? = nil, hangsAt: Int? = nil, saysResumed: Bool = false) {
        self.lines = lines
        self.effects = effects
        self.hangsAt = hangsAt
        self.saysResumed = saysResumed
    }

    /// The body of a step.
    func enter(_ step: Int, in workspace: Workspace) async throws(Failure) {
        let earlier = entered.withLock { entered in
            defer { entered += 1 }
            return entered
        }
        if saysResumed, earlier == 0 { lines.tell("resumed") }
        if step == hangsAt {
            lines.tell("hang", ["executed": .int(earlier)])
            while true { pause() }
        }
        try effects?.add(step, of: workspace.path)
    }
}

/// `effects.log`: a line for each time that the body of a step was carried out, written with one call.
struct EffectsLog: Sendable {
    private let descriptor: Int32

    init(in directory: String) throws(CommandError) {
        let path = "\(directory)/effects.log"
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .broken("The file '\(path)' cannot be written: \(String(cString: strerror(errno))).")
        }
    }

    func add(_ step: Int, of workspace: String) throws(Failure) {
        let run = workspace.split(separator: "/").last ?? ""
        let line = Array("\(run) \(step)\n".utf8)
        guard write(descriptor, line, line.count) == line.count else {
            throw Failure(.unavailable, "The log of effects cannot be written: \(String(cString: strerror(errno))).")
        }
    }
}
