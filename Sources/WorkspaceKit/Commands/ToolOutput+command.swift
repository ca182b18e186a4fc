public import PipelineKit
public import ProcessKit

extension ToolOutput {
    /// What a tool tells of a command that has ended, its two streams merged: what was printed, and how it ended.
    public init(_ outcome: Outcome, of command: Command) {
        switch outcome {
        case .finished(let finished) where finished.status == 0:
            self.init(finished.output.total == 0 ? "[Nothing was printed.]" : finished.output.text, exitCode: 0)
        case .finished(let finished) where finished.memoryUsed != nil:
            let used = ByteCount(bytes: (finished.memoryUsed ?? 0) / 1_000_000 * 1_000_000)
            self.init(finished, "[Killed: all its processes together used \(used) of memory, which is too much.]")
        case .finished(let finished):
            self.init(finished, "[Exited with \(finished.status).]")
        case .timedOut(let finished):
            self.init(finished, "[Killed after \(command.timeout.written), with everything it had started.]")
        }
    }

    private init(_ finished: Finished, _ ending: String) {
        let printed = finished.output.text
        let newline = printed.isEmpty || printed.hasSuffix("\n") ? "" : "\n"
        self.init(printed + newline + ending, exitCode: finished.status, isError: true)
    }
}

extension OutputLimit {
    /// For what a command prints and a model reads: most is kept of the end, where errors stand.
    ///
    /// - Parameter bytes: Kept of both ends together.
    public static func mostlyEnd(_ bytes: Int) -> OutputLimit { OutputLimit(head: bytes / 4, tail: bytes - bytes / 4) }
}
