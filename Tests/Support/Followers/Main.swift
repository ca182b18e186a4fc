import CLinux
import Glibc
import PipelineKit

/// Plays many followers of one run on one thread, for tests and for measuring; see ``Order`` for what can be asked.
///
/// Prints lines of JSON: `{"open":50}` once every handshake is over, `{"read":45}` once all streams have ended but the
/// silent ones, and in the end a line for each group (``Report``). A line on standard input makes the silent ones read.
/// It ends when all streams have, with status 0 however they ended; with 1 and a sentence about those that are missing
/// when its time is over or its input is closed; with 64 when it does not understand what it is asked.
@main
struct Main {
    static func main() {
        do throws(Failure) {
            let crowd = try Crowd(try Order(CommandLine.arguments.dropFirst()))
            let end = crowd.follow()
            for group in crowd.order.groups {
                Report.print(Report(of: group, crowd.followers).json)
                if let missing = crowd.missing(of: group, at: end) { complain(missing) }
            }
            exit(end == .streams ? 0 : 1)
        } catch {
            complain(error.message)
            exit(64)
        }
    }

    private static func complain(_ text: String) {
        let line = Array("Followers: \(text)\n".utf8)
        write(STDERR_FILENO, line, line.count)
    }
}
