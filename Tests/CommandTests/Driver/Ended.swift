import Foundation

/// What a process printed, and how it ended.
struct Ended: Sendable {
    var output: String
    var errors: String
    /// The exit status, or 128 and the number of the signal that ended it.
    var status: Int
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    static let killed = 128 + Int(SIGKILL)
}
