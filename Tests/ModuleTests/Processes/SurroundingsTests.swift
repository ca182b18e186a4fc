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
        setenv("SLUICE_MASTER_KEY", "hunter3", 1)
        #expect(Environment.passing(["SLUICE_MASTER_KEY", "CREDENTIALS_DIRECTORY"]) == [:])
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

/// Many commands at once, in a process whose descriptors nobody else opens.
struct ParallelCommandTests {
    @Test func twoHundredAtOnceLeaveNothingBehind() async throws {
        let finished = try await run(Command(KilledEngineTests.engine, ["crowd"], in: "/"))
        #expect(finished.output.text == "200 right, 0 descriptors left, 0 children left\n")
    }
}
