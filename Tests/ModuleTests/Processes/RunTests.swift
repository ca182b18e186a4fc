import Foundation
import PipelineKit
import ProcessKit
import Testing

/// A command that ends by itself.
struct RunTests {
    let directory = FileManager.default.temporaryDirectory.path

    @Test func theStreamsAndTheStatusComeBack() async throws {
        let finished = try await run(Command("sh", ["-c", "echo out; echo err >&2; exit 3"], in: directory))
        #expect(finished.output.text == "out\n")
        #expect(finished.errors.text == "err\n")
        #expect(finished.status == 3)
    }

    @Test func mergedStreamsKeepTheirOrder() async throws {
        let finished = try await run(.shell("echo 1; echo 2 >&2; echo 3", in: directory))
        #expect(finished.output.text == "1\n2\n3\n")
        #expect(finished.errors.bytes.isEmpty)
    }

    @Test func aSignalIs128AndItsNumber() async throws {
        #expect(try await run(.shell("kill -9 $$", in: directory)).status == 137)
    }

    @Test func whatWasPrintedJustBeforeTheEndIsThere() async throws {
        let finished = try await run(.shell("head -c 60000 /dev/zero", in: directory))
        #expect(finished.output.total == 60_000)
    }

    @Test func tenMegabytesGoThroughCat() async throws {
        var input = [UInt8](repeating: 0, count: 10_000_000)
        for place in stride(from: 0, to: input.count, by: 1_009) { input[place] = UInt8(place % 251) }
        let command = Command("cat", in: directory, input: input, limit: OutputLimit(head: 20_000_000, tail: 0))
        let finished = try await run(command)
        #expect(finished.output.bytes == input)
    }

    @Test func aCommandNeedNotReadItsInput() async throws {
        let command = Command("true", in: directory, input: [UInt8](repeating: 0, count: 1_000_000))
        #expect(try await run(command).status == 0)
    }

    @Test func withoutInputTheCommandReadsNothing() async throws {
        #expect(try await run(Command("cat", in: directory)).output.bytes == [])
    }

    /// The command forks a process that forks another, which works; neither is waited for, and one leaves the session.
    @Test func whatAllItsProcessesWorkIsCounted() async throws {
        let finished = try await run(Command("python3", ["-c", Self.workOfOthers], in: directory))
        #expect(finished.status == 0)
        #expect(finished.processorTime > .milliseconds(40), "Five million rounds take longer on any machine.")
        #expect(finished.processorTime < finished.elapsed * 64 + .seconds(1))
    }

    static let workOfOthers = """
        import os
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for _ in range(5_000_000): pass
                os.write(writer, b'x')
            os._exit(0)
        os.read(reader, 1)
        """

    @Test func theEndOfACommandIsItsOwn() async throws {
        let finished = try await run(.shell("sleep 60 & echo $!", in: directory))
        let pid = try #require(Int32(finished.output.text.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(finished.elapsed < .seconds(30))
        #expect(kill(pid, 0) == -1)
    }
}
