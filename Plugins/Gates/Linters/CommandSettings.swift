import GateKit
import PipelineKit

/// What is checked of settings that name a command line.
enum CommandSettings {
    static func check(_ command: String?, _ timeout: Duration, most: Int, _ exitCodes: [Int]) throws(Failure) {
        guard command?.contains(where: { !$0.isWhitespace }) ?? true else {
            throw Failure(.invalidInput, "Field 'command' must be a command line, but is empty.")
        }
        guard timeout > .zero else { throw Failure(.invalidInput, "Field 'timeout' must be longer than 0s.") }
        guard most >= 0 else { throw Failure(.invalidInput, "Field 'most' must be 0 or more, but is \(most).") }
        if let wrong = exitCodes.first(where: { !(0...125).contains($0) }) {
            throw Failure(.invalidInput, "Field 'exit_codes' must hold numbers from 0 to 125, but holds \(wrong).")
        }
    }
}

extension LinterEnd {
    /// - Throws: `.missing` when the shell found no such program, `.unavailable` when a signal ended it.
    func requireStart() throws(Failure) {
        if let problem = finished.notStarted(name) { throw problem }
        guard status > 128 else { return }
        let said = output.split(separator: "\n").last ?? errors.split(separator: "\n").last
        let words = said.map { ": \($0)" } ?? "."
        throw Failure(.unavailable, "\(RunnerEnd.words(of: name, status: status))\(words)")
    }
}

extension FilePlace {
    /// For what was printed in the root of a workspace.
    init(in workspace: Workspace) { self.init(root: workspace.path, home: workspace.path) }
}
