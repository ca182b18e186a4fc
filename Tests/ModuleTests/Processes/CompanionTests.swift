import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// Programs that stay and are spoken with.
@Suite struct CompanionTests {
    private static let patience = Duration.seconds(60)

    private func lines(_ companion: Companion, _ count: Int) throws -> [String] {
        var text = ""
        while text.split(separator: "\n", omittingEmptySubsequences: false).count <= count {
            let piece = try companion.read(within: Self.patience)
            guard !piece.isEmpty else { break }
            text += String(decoding: piece, as: UTF8.self)
        }
        return text.split(separator: "\n").map(String.init)
    }

    @Test func whatIsWrittenIsAnsweredWhileItRuns() async throws {
        let companion = try await Companion.start(Command("/bin/cat", in: "/"))
        for text in ["one", "two"] {
            try companion.write(Array("\(text)\n".utf8), within: Self.patience)
            #expect(try lines(companion, 1) == [text])
        }
        #expect(!companion.isOver)
        companion.end()
        _ = try? await companion.wait()  // by itself, as its input is closed, or because it was asked to
        #expect(companion.isOver)
    }

    @Test func itEndsByItselfAndSaysHow() async throws {
        let companion = try await Companion.start(
            Command("/bin/sh", ["-c", "echo bye; echo oops >&2; exit 3"], in: "/")
        )
        #expect(try lines(companion, 2) == ["bye"])
        #expect(try companion.read(within: Self.patience) == [])
        guard case .finished(let finished) = try await companion.wait() else {
            Issue.record("It was ended by force.")
            return
        }
        #expect(finished.status == 3)
        #expect(companion.errorText == "oops\n")
        let error = #expect(throws: Failure.self) {
            try companion.write([UInt8](repeating: 0, count: 1 << 20), within: Self.patience)
        }
        #expect(error?.kind == .unavailable)
    }

    @Test func aProgramThatIsNotThereIsNamed() async throws {
        let companion = try await Companion.start(Command("/no/such/program", in: "/"))
        #expect(try companion.read(within: Self.patience) == [])
        let error = await #expect(throws: Failure.self) { try await companion.wait() }
        #expect(error?.message == "The program '/no/such/program' does not exist.")
    }

    @Test func oneThatSaysNothingIsNotWaitedForForEver() async throws {
        let companion = try await Companion.start(Command("/bin/sleep", ["600"], in: "/"))
        let silent = #expect(throws: Failure.self) { try companion.read(within: .milliseconds(20)) }
        #expect(silent?.message == "'/bin/sleep 600' said nothing for 20ms.")
        let deaf = #expect(throws: Failure.self) {
            try companion.write([UInt8](repeating: 0, count: 1 << 22), within: .milliseconds(20))
        }
        #expect(deaf?.message == "'/bin/sleep 600' read nothing for 20ms.")
    }

    @Test func itGoesWithItsObjectAndSoDoesAllItStarted() async throws {
        let mark = ProcessMark()
        var companion: Companion? = try await Companion.start(
            Command("/bin/sh", ["-c", mark.on("sleep MARK & echo ready; wait")], in: "/")
        )
        _ = try lines(try #require(companion), 1)
        #expect(mark.processes.count >= 2)
        companion = nil
        #expect(await mark.settled(at: 0) == [])
    }

    @Test func itIsConfinedAsItsWorkspaceIs() async throws {
        try await Cell.with { cell in
            let companion = try await Companion.start(
                Command(
                    "/bin/sh",
                    ["-c", "cat '\(cell.outside)/secret'; read word; echo got $word"],
                    in: cell.workspace
                )
            )
            try companion.write(Array("this\n".utf8), within: Self.patience)
            #expect(try lines(companion, 1) == ["got this"])
            _ = try await companion.wait()
            #expect(companion.errorText.contains("No such file or directory"))
        }
    }
}
