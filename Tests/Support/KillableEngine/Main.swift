import Foundation
import PipelineKit
import ProcessKit

/// A process of its own for tests that kill it, or that measure what a process holds.
@main
struct Main {
    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case "crowd": try await crowd()
        case "flood": try await flood()
        case "recorded": try await passRecorded(Array(CommandLine.arguments.dropFirst(2)))
        case "confined": try await passConfined(Array(CommandLine.arguments.dropFirst(2)))
        default: try await pass(CommandLine.arguments.dropFirst().joined(separator: " "))
        }
    }

    /// Runs the command line it is given and passes on what that prints.
    private static func pass(_ line: String) async throws {
        _ = try await run(.shell(line, in: "/")) { FileHandle.standardOutput.write(Data($0.utf8)) }
    }

    /// Runs a command line in a sandbox that may write to the directory that is named first.
    private static func passConfined(_ words: [String]) async throws {
        let (directory, line) = (words[0], words.dropFirst().joined(separator: " "))
        let walls = Confinement(writable: [directory], temporary: "\(directory)/tmp", home: "\(directory)/home")
        let command = Command.shell(line, in: Workspace(path: directory, confinement: walls))
        _ = try await run(command) { FileHandle.standardOutput.write(Data($0.utf8)) }
    }

    /// Ends what was left by engines that kept records in the directory that is named first, tells how much that was, and
    /// runs a command line of which a record is kept.
    private static func passRecorded(_ words: [String]) async throws {
        print(ProcessRecords.shared.keep(in: words[0]))
        fflush(nil)
        try await pass(words.dropFirst().joined(separator: " "))
    }

    /// Runs two hundred commands at once, and tells how many saw what they should and what is left of them.
    private static func crowd() async throws {
        _ = try await run(Command("true", in: "/"))
        let before = descriptors
        let outputs = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let line = "read line; echo $line \(number); ls /proc/$$/fd"
                    let command = Command("sh", ["-c", line], in: "/", input: Array("in\n".utf8))
                    return try await run(command).output.text
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        let right = outputs.intersection((0..<200).map { "in \($0)\n0\n1\n2\n" })
        print("\(right.count) right, \(descriptors - before) descriptors left, \(children) children left")
    }

    /// Takes in two hundred megabytes, and tells how much larger the process was at its largest.
    private static func flood() async throws {
        let before = try largest()
        let limit = OutputLimit(head: 1_000, tail: 1_000)
        let finished = try await run(.shell("head -c 200000000 /dev/zero", in: "/", limit: limit))
        print("\(finished.output.total) bytes, \(try largest() - before) kB")
    }

    private static var descriptors: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.count
    }

    private static var children: Int {
        let path = "/proc/self/task/\(getpid())/children"
        return (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: " ").count ?? 0
    }

    /// `VmHWM` of proc(5), in kB.
    private static func largest() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
