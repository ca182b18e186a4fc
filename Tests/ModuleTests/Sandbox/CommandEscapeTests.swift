import Foundation
import PipelineKit
import ProcessKit
import Testing

/// Attempts to leave the workspace by a command line, one in each line of `Tests/Fixtures/Escapes/commands.txt`.
@Suite(.serialized) struct CommandEscapeTests {
    private static let attempts: [String] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let path = root.deletingLastPathComponent().appending(path: "Fixtures/Escapes/commands.txt")
        let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }()

    @Test func thereAreTwoHundredOfThem() { #expect(Self.attempts.count >= 200) }

    @Test func noneLeavesTheWorkspaceOrReadsASecret() async throws {
        try await Cell.with { cell async throws in
            let server = try await SecretServer(of: cell.outside)
            defer { server.end() }
            #expect(try await server.says(cell.secret))
            let plain = Command.shell(filled(Self.attempts[0], cell, server), in: cell.path)
            #expect(try await run(plain).output.text.contains(cell.secret), "Without a sandbox the first one succeeds.")
            let before = try fingerprint(of: cell)
            for attempt in Self.attempts {
                let output = try await cell.run(filled(attempt, cell, server), timeout: .seconds(10)).output.text
                #expect(!output.contains(cell.secret), "\(attempt)")
                #expect(try fingerprint(of: cell) == before, "\(attempt)")
                for made in filesMade(in: cell.path) {
                    let bytes = FileManager.default.contents(atPath: made) ?? Data()
                    #expect(bytes.range(of: Data(cell.secret.utf8)) == nil, "\(attempt)")
                }
            }
            #expect(try await cell.says("echo alive") == "alive")
        }
    }

    private func filled(_ attempt: String, _ cell: Cell, _ server: SecretServer) -> String {
        // The word as a pattern that is not the word, which the command line itself would hold.
        let word = "\(cell.secret.prefix(4))[\(Array(cell.secret)[4])]\(cell.secret.dropFirst(5))"
        return attempt.replacing("OUT", with: cell.outside).replacing("STATE", with: cell.state)
            .replacing("WS", with: cell.path).replacing("PORT", with: "\(server.port)").replacing("THEWORD", with: word)
    }

    /// All that stands outside of the workspace, and what git would run in it.
    private func fingerprint(of cell: Cell) throws -> [String: Data] {
        var all: [String: Data] = [:]
        for top in [cell.outside, "\(cell.state)/sluice.db", "\(cell.state)/worktrees", "\(cell.path)/.git"] {
            let names = FileManager.default.enumerator(atPath: top)?.allObjects as? [String] ?? []
            for path in [top] + names.map({ "\(top)/\($0)" }) where !path.hasSuffix("/.git/index") {
                all[path] = FileManager.default.contents(atPath: path) ?? Data()
            }
        }
        return all
    }

    /// Ordinary files that stand in the workspace, but for the one that is hidden.
    private func filesMade(in workspace: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: workspace)) ?? []
        return names.filter { $0 != "hidden.db" && $0 != ".git" }.map { "\(workspace)/\($0)" }.filter { path in
            (try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType) == .typeRegular
        }
    }
}

/// A web server of this machine with a directory that nobody in a sandbox may see.
struct SecretServer {
    let port: Int
    private let process: Process
    /// It ends when this is closed, by ``end()`` or by the end of the tests.
    private let life = Pipe()

    init(of directory: String) async throws {
        let source = """
            import functools, http.server, os, sys, threading
            threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
            handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
            print(server.server_port, flush=True)
            server.serve_forever()
            """
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", source, directory]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = life
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// Whether somebody outside of the sandbox reads this.
    func says(_ word: String) async throws -> Bool {
        let words = ["-sS", "--noproxy", "*", "http://127.0.0.1:\(port)/secret"]
        return try await run(Command("curl", words, in: "/")).output.text.contains(word)
    }

    func end() {
        try? life.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
