import Foundation
import ProcessKit

/// Runs the command line it is given and passes on what that prints; a process for tests to kill.
@main
struct Main {
    static func main() async throws {
        let line = CommandLine.arguments.dropFirst().joined(separator: " ")
        _ = try await run(.shell(line, in: "/")) { FileHandle.standardOutput.write(Data($0.utf8)) }
    }
}
