import PipelineKit
import ProcessKit
import ProviderKit
import Synchronization

/// One reply of a program, from its start to its end.
final class ProgramTurn: Sendable {
    private struct State {
        var reader: ProgramReader
        /// Why the program was ended.
        var problem: Failure?
    }

    private let request: ModelRequest
    private let command: Command
    private let emit: @Sendable (ModelPiece) -> Void
    private let state: Mutex<State>

    init(_ request: ModelRequest, _ command: Command, _ emit: @escaping @Sendable (ModelPiece) -> Void) {
        self.request = request
        self.command = command
        self.emit = emit
        state = Mutex(State(reader: ProgramReader(of: "\(command)", for: request.model)))
    }

    func reply() async throws(Failure) -> ModelReply {
        let ended = try await outcome(of: command) { text in
            self.read { reader throws(Failure) in try reader.take(text) } == nil
        }
        let stopped = state.withLock { $0.problem }
        let unread = stopped == nil ? read { reader throws(Failure) in try reader.finish() } : nil
        let reader = state.withLock { $0.reader }
        if let told = reader.told ?? stopped { throw told }
        let ending = ProgramEnding(command, ended, reader)
        if let failure = ending.failure ?? unread ?? ending.incomplete { throw failure }
        return try reader.draft.reply(to: request, of: command.input.count, from: "\(command)")
    }

    /// Reads on, and passes on what came.
    ///
    /// - Returns: why the program is to be ended.
    private func read(_ step: (inout ProgramReader) throws(Failure) -> [ModelPiece]) -> Failure? {
        var pieces: [ModelPiece] = []
        let problem = state.withLock { state -> Failure? in
            do throws(Failure) { pieces = try step(&state.reader) } catch { state.problem = error }
            return state.problem
        }
        for piece in pieces { emit(piece) }
        return problem
    }
}
