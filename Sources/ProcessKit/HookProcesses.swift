public import PipelineKit

/// Hooks as processes of this machine, with the minimal environment.
public struct HookProcesses: HookRunner {
    public init() {}

    public func run(
        _ words: [String],
        in directory: String,
        input: [UInt8],
        timeout: Duration
    ) async throws(Failure) -> HookEnd {
        guard let program = words.first else { throw Failure(.invalidInput, "There is no program to run.") }
        let command = Command(
            program,
            Array(words.dropFirst()),
            in: directory,
            input: input,
            timeout: timeout,
            limit: OutputLimit(head: HookEnd.mostBytes, tail: 0)
        )
        switch try await outcome(of: command) {
        case .timedOut: return .timedOut
        case .finished(let finished):
            guard !finished.output.isCut, !finished.errors.isCut else {
                throw Failure(.invalidInput, "It printed more than 64 kB.")
            }
            return .ended(status: finished.status, output: finished.output.text, errors: finished.errors.text)
        }
    }
}
