import PipelineKit
import ShellGrammar

/// What must hold for any bytes taken as a command line: what cannot be read is never said to read, and no command may
/// touch more than its line.
@Sendable public func tryShell(_ bytes: [UInt8]) {
    let line = String(decoding: bytes, as: UTF8.self)
    let place = LineReach.Place(directory: "/srv/calc", isRepository: true)
    let scope = LineReach.scope(of: line, argument: "command", at: place).scope
    guard let proposed = scope.line else { preconditionFailure("A line is not told as one.") }
    precondition(proposed.isKnown || scope.reach.contains(.runs), "What is not known is said to be harmless.")
    for command in proposed.commands where proposed.isKnown {
        precondition(command.reach.isSubset(of: scope.reach), "A command touches more than its line.")
    }
    guard (try? ShellParser.parse(line)) == nil else { return }
    precondition(
        scope.reach.isSuperset(of: [.reads, .writes, .runs, .network]),
        "A line that cannot be read is harmless."
    )
}
