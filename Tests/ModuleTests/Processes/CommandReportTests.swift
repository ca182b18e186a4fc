import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// What a command writes to descriptor 3, without a sandbox and in one.
struct CommandReportTests {
    private func run(_ line: String, keeping report: Int? = 1 << 20, timeout: Duration = .seconds(60)) async throws
        -> Finished
    {
        var command = Command.shell(line, in: "/", timeout: timeout, grace: .milliseconds(100))
        command.report = report
        switch try await outcome(of: command) {
        case .finished(let finished), .timedOut(let finished): return finished
        }
    }

    @Test func aReportIsNoOutput() async throws {
        let finished = try await run("echo told >&3; echo said; echo more >&3; exit 3")
        #expect(finished.report.text == "told\nmore\n" && !finished.report.isCut)
        #expect(finished.output.text == "said\n" && finished.status == 3)
    }

    @Test func withoutOneDescriptorThreeIsClosed() async throws {
        let finished = try await run("ls /proc/$$/fd; (echo x >&3) 2> /dev/null || echo closed", keeping: nil)
        #expect(finished.output.text == "0\n1\n2\nclosed\n")
        #expect(finished.report == CappedOutput())
        #expect(try await run("ls /proc/$$/fd; true").output.text == "0\n1\n2\n3\n")
    }

    /// A pipe could be opened again, and what was written read by who is to write it.
    @Test func nobodyElseCanReadWhatWasWritten() async throws {
        let line = """
            echo told >&3
            (cat < /proc/self/fd/3) 2> /dev/null || echo 'not by its name'
            [ -z "$(timeout 20 cat <&3)" ] && echo 'nor by itself'
            """
        let finished = try await run(line)
        #expect(finished.output.text == "not by its name\nnor by itself\n")
        #expect(finished.report.text == "told\n")
    }

    @Test func whatWasWrittenStays() async throws {
        let program = """
            import os, atexit
            os.write(3, b"first\\n")
            for attempt in (lambda: os.ftruncate(3, 0), lambda: os.lseek(3, 0, 0), lambda: os.pwrite(3, b"no", 0)):
                try: attempt()
                except OSError as error: print(error.errno)
            """
        var command = Command("python3", ["-c", program], in: "/")
        command.report = 100
        let finished = try await ProcessKit.run(command)
        #expect(finished.report.text == "first\n")
        #expect(finished.output.text == "22\n29\n29\n", "EINVAL and ESPIPE")
    }

    @Test func aReportThatIsTooLongSaysSo() async throws {
        let finished = try await run("head -c 5000000 /dev/zero >&3", keeping: 1_000)
        #expect(finished.report.isCut && finished.report.total == 5_000_000)
        #expect(finished.report.bytes.count < 1_100)
        let exact = try await run("head -c 1000 /dev/zero >&3", keeping: 1_000)
        #expect(!exact.report.isCut && exact.report.bytes == [UInt8](repeating: 0, count: 1_000))
    }

    @Test func whoeverStaysBehindNeitherHoldsUpTheEndNorWritesAfterIt() async throws {
        let mark = ProcessMark()
        let line = mark.on("echo first >&3; (setsid sh -c 'sleep MARK; echo late >&3' &); exit 0")
        let finished = try await run(line)
        #expect(finished.report.text == "first\n" && finished.elapsed < .seconds(50))
        #expect(mark.processes == [])
        let flood = try await run("(setsid sh -c 'while :; do echo flood >&3; done' &); sleep 0.2; exit 4")
        #expect(flood.status == 4 && flood.elapsed < .seconds(50))
    }

    @Test func aReportSurvivesTheTimeBeingUp() async throws {
        let finished = try await run("echo begun >&3; sleep 600", timeout: .seconds(3))
        #expect(finished.report.text == "begun\n")
    }
}

/// The same through the launcher of a sandbox.
@Suite(.serialized) struct RoomReportTests {
    private func run(_ line: String, in cell: Cell, keeping report: Int? = 1 << 20) async throws -> Finished {
        var command = cell.command(line, timeout: .seconds(60))
        command.report = report
        return try await ProcessKit.run(command)
    }

    @Test func aReportComesOutOfARoom() async throws {
        try await Cell.with { cell async throws in
            let finished = try await run("echo told >&3; echo said; ls /proc/$$/fd; true", in: cell)
            #expect(finished.report.text == "told\n")
            #expect(finished.output.text == "said\n0\n1\n2\n3\n")
        }
    }

    /// The first process of the next command stands ready before anybody knows whether that makes a report.
    @Test func commandsWithAndWithoutOneTakeTurns() async throws {
        try await Cell.with { cell async throws in
            for round in 0..<5 {
                let told = try await run("echo \(round) >&3", in: cell)
                #expect(told.report.text == "\(round)\n" && told.status == 0)
                let silent = try await run("ls /proc/$$/fd; true", in: cell, keeping: nil)
                #expect(silent.output.text == "0\n1\n2\n" && silent.report == CappedOutput())
            }
        }
    }

    @Test func aFloodAndAWriterThatStaysBehindHarmNothing() async throws {
        try await Cell.with { cell async throws in
            let line = "(setsid sh -c 'while :; do echo flood >&3; done' &) ; sleep 0.2; exit 5"
            let finished = try await run(line, in: cell, keeping: 1_000)
            #expect(finished.status == 5 && finished.report.isCut && finished.elapsed < .seconds(50))
        }
    }
}
