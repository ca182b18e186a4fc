import Foundation
import PipelineKit
import ProcessKit
import Testing

/// What a command sees of this process: next to nothing.
struct CommandSurroundingsTests {
    @Test func noSecretReachesACommand() async throws {
        setenv("SLUICE_TEST_API_KEY", "hunter2", 1)
        let seen = try await run(Command("env", in: "/", environment: ["CI": "1"])).output.text
        let names = Set(seen.split(separator: "\n").map { String($0.prefix { $0 != "=" }) })
        let extra = names.subtracting(Environment.names).filter { !$0.hasPrefix("LC_") }
        #expect(extra == ["CI", "TERM"])
        #expect(seen.contains("TERM=dumb\n"))
        #expect(seen.contains("CI=1\n"))
        let named = Environment.passing(["SLUICE_TEST_API_KEY", "SLUICE_TEST_NOT_SET"])
        #expect(named == ["SLUICE_TEST_API_KEY": "hunter2"])
    }

    @Test func onlyThreeDescriptorsAreOpen() async throws {
        let finished = try await run(.shell("ls /proc/$$/fd", in: "/"))
        #expect(finished.output.text == "0\n1\n2\n")
    }

    @Test func noSignalIsBlockedOrIgnored() async throws {
        let finished = try await run(.shell("grep -E 'SigBlk|SigIgn' /proc/self/status", in: "/"))
        #expect(finished.output.text == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
    }

    @Test func theDirectoryIsTheOneAskedFor() async throws {
        #expect(try await run(Command("pwd", in: "/usr/share")).output.text == "/usr/share\n")
    }

    @Test func theCommandLeadsAGroupAndHasNoTerminal() async throws {
        let line = "ps -o pid=,pgid=,tty= -p $$"
        let words = try await run(.shell(line, in: "/")).output.text.split(whereSeparator: \.isWhitespace)
        #expect(words.count == 3)
        #expect(words[0] == words[1])
        #expect(words[2] == "?")
    }

    @Test func aRelativeDirectoryInPATHIsPassedOver() async {
        let command = Command("true", in: "/bin", environment: ["PATH": ".:bin"])
        await #expect(throws: Failure(.missing, "'true' was not found in PATH.")) { try await run(command) }
        #expect(Programs.find("sh")?.hasSuffix("/sh") == true)
        #expect(Programs.find("/bin/sh") == nil)
    }
}

/// Many commands at once.
struct ParallelCommandTests {
    @Test func twoHundredAtOnceLeaveNothingBehind() async throws {
        _ = try await run(Command("true", in: "/"))
        let before = descriptors()
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
        #expect(outputs == Set((0..<200).map { "in \($0)\n0\n1\n2\n" }))
        // Other tests open and close descriptors meanwhile; those that stay open are leaks.
        var leaks = descriptors().subtracting(before)
        let deadline = ContinuousClock.now + .seconds(20)
        var dead = zombies
        while !(leaks.isEmpty && dead.isEmpty), ContinuousClock.now < deadline {
            await Task.yield()
            leaks.formIntersection(descriptors())
            dead.formIntersection(zombies)
        }
        #expect(leaks == [])
        #expect(dead == [])
    }

    /// The pipes and sockets of this process: `pipe:[1234]`; no two ever have the same number.
    private func descriptors() -> Set<String> {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let targets = numbers.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        return Set(targets.filter { $0.hasPrefix("pipe:") || $0.hasPrefix("socket:") })
    }

    /// Supervisors that nobody has waited for.
    private var zombies: Set<String> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let dead = names.filter { name in
            let stat = (try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8)) ?? ""
            return stat.contains("(sluice-command) Z \(getpid()) ")
        }
        return Set(dead)
    }
}
