import Foundation
import LSPTool
import PipelineKit
import PipelineTesting
import Testing

/// What goes wrong with language servers, in the words that a model reads.
struct LSPTroubleTests {
    @Test func aProgramThatIsNotThereIsNamed() async throws {
        let settings = LSPTrial.fake(more: ["command": ["no-such-server"]])
        try await LSPTrial.with(["a.txt": "x"], settings) { trial in
            let message = "Language server 'fake' could not be started: 'no-such-server' was not found in PATH."
            #expect(await trial.failure("symbols", "a.txt") == Failure(.missing, message))
        }
    }

    @Test func oneThatEndsAtOnceIsQuoted() async throws {
        try await LSPTrial.with(["a.txt": "x"], LSPTrial.fake("--start", "crash")) { trial in
            let message = """
                Language server 'fake' did not answer 'initialize'. It ended. It exited with 3. The end of what it wrote to standard \
                error:
                no licence
                """
            for _ in 1...4 { #expect(await trial.failure("symbols", "a.txt") == Failure(.unavailable, message)) }
            let last = await trial.failure("symbols", "a.txt")
            let given = """
                Language server 'fake' has ended 4 times in this run, and is not started again. Find out why it ends: run \
                '/usr/bin/python3 \(LSPTrial.server) --start crash' by hand.
                """
            #expect(last == Failure(.unavailable, given))
        }
    }

    @Test func oneThatNeverAnswersIsGivenUp() async throws {
        let settings = LSPTrial.fake("--start", "deaf", more: ["start_timeout": "300ms"])
        try await LSPTrial.with(["a.txt": "x"], settings) { trial in
            let message =
                "Language server 'fake' did not answer 'initialize' within 300ms. Raise 'start_timeout' of the server if it needs longer."
            #expect(await trial.failure("symbols", "a.txt") == Failure(.timedOut, message))
        }
    }

    @Test func oneThatSaysWhatIsNoMessageIsQuoted() async throws {
        try await LSPTrial.with(["a.txt": "x"], LSPTrial.fake("--start", "garbage")) { trial in
            let failure = await trial.failure("symbols", "a.txt")
            let message = """
                Language server 'fake' did not answer 'initialize'. 'Hello, I am a server.' was read where a header \
                'Content-Length: 123' should be.
                """
            #expect(failure?.kind == .unavailable)
            #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
        }
    }

    @Test(
        arguments: [
            ("garbage", "'what is this' was read where a header 'Content-Length: 123' should be."),
            ("huge", "A message has more than 16 MB, which is the most that is taken."),
            ("crash", "It ended. It exited with 7. The end of what it wrote to standard error:\nout of luck"),
        ]
    )
    func aServerThatBreaksIsACallThatFailed(what: String, words: String) async throws {
        try await LSPTrial.with(["a.txt": "word\n#do \(what)\n"]) { trial in
            let failure = await trial.failure("hover", "a.txt", ["line": 1, "symbol": "word"])
            let message = "Language server 'fake' did not answer 'textDocument/hover'. \(words)"
            #expect(failure?.kind == .unavailable)
            #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
            // The next call has a new one.
            try trial.write("a.txt", "word\n")
            #expect(try await trial.ask("hover", "a.txt", ["line": 1, "symbol": "word"]) == "a word\nword")
        }
    }

    @Test(arguments: ["hang", "flood"])
    func aServerThatDoesNotAnswerIsEndedTheSecondTime(what: String) async throws {
        try await withTemporaryWorkspace { outside in
            let settings = LSPTrial.fake("--log", "\(outside.path)/log", more: ["timeout": "1s"])
            try await LSPTrial.with(["a.txt": "word\n#do \(what)\n"], settings) { trial in
                let message =
                    "Language server 'fake' did not answer 'textDocument/hover' within 1s. Raise 'timeout' of the server if it needs longer."
                for _ in 1...2 {
                    let failure = await trial.failure("hover", "a.txt", ["line": 1, "symbol": "word"])
                    #expect(failure == Failure(.timedOut, message))
                }
                try trial.write("a.txt", "word\n")
                // A machine with much to do may not answer within a second either.
                for _ in 1...3 {
                    guard (try? await trial.ask("hover", "a.txt", ["line": 1, "symbol": "word"])) == nil else { break }
                }
                let told = try String(contentsOf: URL(filePath: "\(outside.path)/log"), encoding: .utf8)
                #expect(told.components(separatedBy: "start\n").count > 2, "\(told)")
                if what == "hang" { #expect(told.contains("cancelled ")) }
            }
        }
    }

    @Test func aRefusalIsQuoted() async throws {
        try await LSPTrial.with(["a.txt": "word\n#do refuse\n"]) { trial in
            let failure = await trial.failure("hover", "a.txt", ["line": 1, "symbol": "word"])
            let message = "Language server 'fake' refused 'textDocument/hover': \"not [2Jtoday\" (code -32803)."
            #expect(failure == Failure(.invalidInput, message))
        }
    }

    @Test func whatTheServerCouldNotAnswerYetIsAskedAgain() async throws {
        try await LSPTrial.with(["a.txt": "word\n#do retry\n"]) { trial in
            let said = try await trial.ask("hover", "a.txt", ["line": 1, "symbol": "word"])
            #expect(said == "a word\nword")
        }
    }

    @Test func whatItDoesNotOfferIsNotAsked() async throws {
        try await LSPTrial.with(["a.txt": "word\n"], LSPTrial.fake("--lacks", "hoverProvider")) { trial in
            let failure = await trial.failure("hover", "a.txt", ["line": 1, "symbol": "word"])
            let message =
                "Language server 'fake' does not offer 'textDocument/hover', by which 'hover' is asked."
            #expect(failure == Failure(.invalidInput, message))
        }
    }

    @Test func anAbandonedCallIsToldToTheServer() async throws {
        try await withTemporaryWorkspace { outside in
            let log = "\(outside.path)/log"
            try await LSPTrial.with(["a.txt": "word\n#do hang\n"], LSPTrial.fake("--log", log)) { trial in
                func isTold(_ words: String) -> Bool {
                    (try? String(contentsOf: URL(filePath: log), encoding: .utf8))?.contains(words) == true
                }
                func wait(for words: String) async throws {
                    for _ in 1...3_000 where !isTold(words) { try await Task.sleep(for: .milliseconds(20)) }
                    #expect(isTold(words))
                }
                let call = Task { await trial.failure("hover", "a.txt", ["line": 1, "symbol": "word"]) }
                try await wait(for: "textDocument/hover")
                call.cancel()
                let message = "Language server 'fake' was asked 'textDocument/hover', and the work was cancelled."
                #expect(await call.value == Failure(.cancelled, message))
                try await wait(for: "cancelled ")
            }
        }
    }

    /// It ends with the tool, which the run holds.
    @Test func theServerEndsWithTheRun() async throws {
        let mark = ProcessMark()
        try await withTemporaryWorkspace { outside in
            let log = mark.on("\(outside.path)/log-MARK")
            try await LSPTrial.with(["a.txt": "word\n"], LSPTrial.fake("--log", log)) { trial in
                _ = try await trial.ask("symbols", "a.txt")
                #expect(mark.processes.count == 1)
            }
            #expect(await mark.settled(at: 0) == [])
        }
    }
}
