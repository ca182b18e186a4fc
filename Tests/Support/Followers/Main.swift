import Glibc
import LoadKit
import PipelineKit

/// Plays many followers of one run on one thread, for tests and for measuring; see ``Order`` for what can be asked.
///
/// Prints lines of JSON: `{"open":50}` once every handshake is over, `{"read":45}` once all streams have ended but the
/// silent ones, and in the end a line for each group (``GroupReport``). A line on standard input makes the silent ones read.
/// It ends when all streams have, with status 0 however they ended; with 1 and a sentence about those that are missing
/// when its time is over or its input is closed; with 64 when it does not understand what it is asked.
@main
struct Main {
    static func main() {
        do throws(Failure) {
            let order = try Order(CommandLine.arguments.dropFirst())
            let crowd = Crowd(order.plan, input: STDIN_FILENO)
            let end = follow(crowd, until: MonotonicClock.milliseconds + order.seconds * 1000)
            for group in order.plan.groups {
                print(GroupReport(of: group, crowd.followers).json)
                if let late = crowd.late(of: group) { complain(missing(late, of: group, end, order)) }
            }
            exit(end == .over ? 0 : 1)
        } catch {
            complain(error.message)
            exit(64)
        }
    }

    /// Tells of what comes about, until nothing more does.
    private static func follow(_ crowd: Crowd, until deadline: Int) -> Crowd.Milestone {
        while true {
            switch crowd.next(by: deadline) {
            case .open(let count): print(["open": .int(count)])
            case .read(let count): print(["read": .int(count)])
            case let end: return end
            }
        }
    }

    private static func missing(
        _ late: (count: Int, last: Int),
        of group: Group,
        _ end: Crowd.Milestone,
        _ order: Order
    ) -> String {
        let when = end == .late ? "After \(order.seconds) s" : "When the input was closed"
        let who = "\(late.count) of \(group.count) followers '\(group.name)'"
        return "\(when), \(who) still followed, one from \(late.last) on."
    }

    private static func print(_ line: JSONValue) {
        Swift.print(line.jsonText)
        fflush(nil)  // whoever reads a pipe waits for the line
    }

    private static func complain(_ text: String) {
        let line = Array("Followers: \(text)\n".utf8)
        write(STDERR_FILENO, line, line.count)
    }
}
