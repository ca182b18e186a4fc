import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// `sluice key set`: the key of a model service goes in, is used, and comes out nowhere.
struct StoredKeyTests {
    static let key = "sk-proj-Zq9xKp2_AbC-0123456789"
    static let base64 = Data(key.utf8).base64EncodedString()

    private func set(_ name: String, _ words: String..., key: String = key, in bench: Bench) async throws -> Ended {
        let process = try bench.start(["key", "set", name] + words)
        try process.write("\(key)\n")
        try process.endInput()
        return await process.ended()
    }

    /// Every file below the state directory in which a text stands, byte for byte.
    private func files(with text: String, in bench: Bench) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: bench.state).filter {
            let data = try? Data(contentsOf: URL(filePath: "\(bench.state)/\($0)"))
            return data?.range(of: Data(text.utf8)) != nil
        }
    }

    @Test func aKeyComesFromStandardInputAndIsEncrypted() async throws {
        try await withBench { bench in
            let first = try await set("openai", in: bench)
            #expect(
                first.output == "Stored the key 'openai', encrypted. A pipeline names it as 'key: stored:openai'.\n"
            )
            let made = """
                Made the master key '\(bench.state)/master.key'. Without it no stored key can be read: keep a copy \
                elsewhere.

                """
            #expect(first.errors == made)
            #expect(first.status == 0)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(bench.state)/master.key")
            #expect(attributes[.posixPermissions] as? Int == 0o600)

            let second = try await set("openai", in: bench)
            #expect(second.output.hasPrefix("Replaced the key 'openai', encrypted."))
            #expect(second.errors == "")
            let json = try await set("anthropic/work", "--json", in: bench)
            #expect(json.output == #"{"reference":"stored:anthropic/work"}"# + "\n")
            for text in [Self.key, String(Self.base64.prefix(20)), Array(Self.key.utf8).hexadecimal] {
                #expect(try files(with: text, in: bench) == [])
            }
            #expect(try files(with: "anthropic/work", in: bench) != [])
        }
    }

    @Test func itIsListedAndRemovedBesideTheKeysOfClients() async throws {
        try await withBench { bench in
            _ = try await bench.sluice("key", "add", "openai")
            _ = try await set("openai", in: bench)
            let listed = try await bench.sluice("key", "list")
            let rows = /[0-9a-f]{8}  openai +made \S+Z  never used\nstored:openai +  set 2\d{3}-\S+Z\n/
            #expect(listed.output.wholeMatch(of: rows) != nil, "\(listed)")
            let json = try await bench.sluice("key", "list", "--json").lines.map { try JSONValue(parsing: $0) }
            #expect(json.map { $0["reference"]?.text } == [nil, "stored:openai"])

            let both = try await bench.sluice("key", "remove", "openai")
            #expect(both.errors.hasPrefix("There are two keys 'openai'. Remove 'stored:openai' or '"))
            let removed = try await bench.sluice("key", "remove", "stored:openai")
            let sentence = "Removed the stored key 'openai'. A server that runs does without it within seconds.\n"
            #expect(removed.output == sentence)
            #expect(try await bench.sluice("key", "remove", "openai").output.hasPrefix("Removed 'openai'. "))
            _ = try await set("openai", in: bench)
            #expect(try await bench.sluice("key", "remove", "openai").output == sentence)
        }
    }

    @Test func aKeyIsNoArgument() async throws {
        try await withBench { bench in
            let refused = try await bench.sluice("key", "set", "openai", Self.key)
            let sentence = """
                'sluice key set' takes no key as an argument: every program of this machine can read it there, and the \
                shell remembers it. Leave it out and type it when you are asked, or write it to standard input. If it \
                was one that works, have the service replace it.
                See 'sluice key --help'.

                """
            #expect(refused.errors == sentence)
            #expect(refused.status == 64)
            let usual = try await bench.sluice("key", "add", "ci", "now")
            #expect(usual.errors == "'sluice key' takes no 'now'.\nSee 'sluice key --help'.\n")
        }
    }

    @Test func whatIsNoKeyIsNotKept() async throws {
        try await withBench { bench in
            let empty = try await set("openai", key: " ", in: bench)
            let way = "Write it there: printf %s \"$KEY\" | sluice key set NAME"
            #expect(empty.errors == "No key came from standard input. \(way)\n")
            #expect(empty.status == 64)
            let lines = try await set("openai", key: "\(Self.key)\n\(Self.key)", in: bench)
            let several = "The key has several lines or control characters, so it is none. Nothing was stored.\n"
            #expect(lines.errors == several)
            let name = try await bench.sluice("key", "set", Self.key)
            #expect(name.errors.hasPrefix("The name of a stored key has up to 64 lower-case letters, digits,"))
            #expect(!name.errors.contains(Self.key))
            #expect(
                try await set("a", "--expires", "1d", in: bench).errors
                    == "Option '--expires' is for 'sluice key add' only.\n"
            )
            #expect(!FileManager.default.fileExists(atPath: "\(bench.state)/master.key"))
        }
    }

    @Test func itIsTypedUnseen() async throws {
        try await withBench { bench in
            let dialogue = JSONValue.array([["Key for 'openai': ", .string("\(Self.key)\n")]]).jsonText
            let driver = ["python3", "\(Bench.package)/Tests/Fixtures/terminal.py", "100", dialogue]
            let errors = "\(bench.root)/stderr"
            let words = driver + [Bench.sluice, "key", "set", "openai"]
            let seen = try await Running(words, bench.environment, in: bench.root, errors: errors).ended()
            #expect(seen.output.contains("Key for 'openai': \r\nStored the key 'openai', encrypted."), "\(seen)")
            #expect(!seen.output.contains(Self.key))
            let interrupted = JSONValue.array([["Key for 'openai': ", "\u{3}\n"]]).jsonText
            let again = ["python3", "\(Bench.package)/Tests/Fixtures/terminal.py", "100", interrupted]
            let left = try await Running(
                again + [Bench.sluice, "key", "set", "openai"],
                bench.environment,
                in: bench.root,
                errors: errors
            ).ended()
            #expect(left.output.contains("No key came from the terminal."), "\(left)")
            #expect(left.status == 64)
        }
    }

    @Test func theStoredKeyOfAProviderIsUsedWhenTheVariableIsNotSet() async throws {
        try await withBench { bench in
            try bench.write(
                "name: asks\nmodel: openai/gpt\ngoal: { gate: command, with: { command: x } }\n",
                to: "a.yaml"
            )
            let missing = """
                a.yaml: warning: There is no key for 'api.openai.com': set the environment variable OPENAI_API_KEY, or \
                run 'sluice key set openai'.

                """
            #expect(try await bench.sluice("lint", "a.yaml").errors == missing)
            #expect(!FileManager.default.fileExists(atPath: bench.database), "A linter makes no database.")
            _ = try await set("openai", in: bench)
            #expect(try await bench.sluice("lint", "a.yaml").errors == "")
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(bench.state)/master.key")
            let open = """
                The file '\(bench.state)/master.key' is open to others (mode 644), so no secret is read from it. Do: \
                chmod 600 '\(bench.state)/master.key'

                """
            #expect(try await bench.sluice("lint", "a.yaml").errors == open + missing)
            let other = ["SLUICE_MASTER_KEY": String(repeating: "0f", count: 32)]
            let wrong = """
                The stored key 'openai' cannot be decrypted: the master key in SLUICE_MASTER_KEY is not the one that \
                encrypted it, or the record was changed. Give the right master key, or do: sluice key set openai

                """
            #expect(try await bench.sluice("lint", "a.yaml", adding: other).errors == wrong + missing)
        }
    }

    @Test func aServerSeesWithinSecondsWhatIsSetAndRemoved() async throws {
        try await withBench { bench in
            let trial = try await Trial(bench)
            try await trial.withService("allow") { pipeline in
                try await withServer(trial.bench) { server in
                    func order(_ run: String) async throws -> Client.Answer {
                        let order: JSONValue = ["id": .string(run), "pipeline": .string(pipeline), "cwd": "project"]
                        return try await server.client.post("/api/v1/runs", order)
                    }
                    let early = try await order("early").text
                    #expect(early.contains("run 'sluice key set openai/work'"), "\(early)")
                    _ = try await set("openai/work", key: trial.key, in: trial.bench)
                    try await Task.sleep(for: .seconds(3))  // the server's clock is the machine's
                    #expect(try await order("r1").status == 201)
                    let events = try await server.client.end(of: "r1")
                    #expect(!events.map { "\($0)" }.joined().contains(trial.key))
                    let removed = try await trial.bench.sluice("key", "remove", "openai/work")
                    #expect(removed.status == 0)
                    try await Task.sleep(for: .seconds(3))
                    let late = try await order("late").text
                    #expect(late.contains("run 'sluice key set openai/work'"), "\(late)")
                }
            }
        }
    }

    /// A process that takes up a run that waits asks no model before it calls the tool.
    @Test func aCallThatWaitedForAnAnswerPutsNothingOut() async throws {
        try await withBench { bench in
            let trial = try await Trial(bench)
            _ = try await set("openai/work", key: trial.key, in: trial.bench)
            try await trial.withService("ask") { pipeline in
                let waiting = try await trial.bench.sluice("run", pipeline, "--cwd", "project")
                #expect(waiting.status == 2, "\(waiting)")
                let dialogue = JSONValue.array([[.string(Terminal.prompt), ""], ["> ", "y\n"]]).jsonText
                let driver = ["python3", "\(Bench.package)/Tests/Fixtures/terminal.py", "100", dialogue]
                let seen = try await Running(
                    driver + [Bench.sluice, "resume"],
                    trial.bench.environment,
                    in: bench.root,
                    errors: "\(bench.root)/stderr"
                ).ended()
                #expect(seen.status == 1, "\(seen)")
                #expect(seen.output.contains("[secret openai/work]"))
                #expect(!seen.output.contains(trial.key))
                let events = try await trial.bench.events()
                #expect(!events.map { "\($0)" }.joined().contains(trial.key))
                #expect(try files(with: trial.key, in: bench) == [])
            }
        }
    }

    /// A command tries everything that a command can try.
    @Test func nothingThatACommandPutsOutHoldsIt() async throws {
        try await withBench { bench in
            let trial = try await Trial(bench)
            _ = try await set("openai/work", key: trial.key, in: trial.bench)
            let (ended, sent) = try await trial.run()
            #expect(ended.status == 1, "\(ended)")
            #expect(sent.hasPrefix("Bearer \(trial.key) {"), "The service itself gets the key.")
            #expect(sent.components(separatedBy: trial.key).count == 3, "once in each of two requests")
            #expect(sent.contains("raw [secret openai/work]"))

            let events = try await trial.bench.events()
            let outputs = events.compactMap {
                if case .callFinished(_, let output) = $0.payload { output } else { nil }
            }
            let output = try #require(outputs.first?.text)
            let lines = output.split(separator: "\n").map(String.init)
            try #require(lines.count > 5, "\(output)")
            #expect(lines.prefix(2) == ["raw [secret openai/work]", "encoded [secret openai/work]"])
            #expect(lines[2] == "master [secret SLUICE_MASTER_KEY]")
            #expect(!output.contains("SLUICE_MASTER_KEY="))
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(4), &limit)  // RLIMIT_CORE
            let core = limit.rlim_max == 0 ? "core 0 0" : "core 1 1"
            #expect(lines.suffix(3) == [core, "environments 0", "arguments 0"])

            let words = [["events", "last", "--json"], ["show", "last"], ["events", "last"]]
            var shown = ended.output + ended.errors
            for words in words { shown += try await trial.bench.start(words).ended().output }
            for text in [trial.key, trial.base64, trial.master] {
                #expect(!shown.contains(text))
                #expect(try files(with: text, in: bench) == [])
            }
        }
    }
}

/// A run whose model calls `ls` once, and an `ls` that prints what it can find of the keys.
private struct Trial {
    let bench: Bench
    let master = [UInt8].random(32).hexadecimal
    let key: String
    var base64: String { Data(key.utf8).base64EncodedString() }

    init(_ bench: Bench) async throws {
        let digits = [UInt8].random(16).hexadecimal
        key = "sk-proj-Zq9x-\(digits)"
        var own = bench
        own.environment["SLUICE_MASTER_KEY"] = master
        own.environment["PATH"] = "\(bench.root)/bin:/usr/bin:/bin"
        self.bench = own
        try bench.write("raw \(key)\nencoded \(base64)\nmaster \(master)\n", to: "leak")
        // The pattern does not match the command line in which it stands.
        let script = """
            #!/bin/sh
            cat '\(bench.root)/leak'
            /usr/bin/env
            awk '/core/ { print "core", $5, $6 }' /proc/self/limits
            echo "environments $(grep -l '\(master)' /proc/[0-9]*/environ 2>/dev/null | wc -l)"
            echo "arguments $(grep -l 'Zq9[x]-\(digits)' /proc/[0-9]*/cmdline 2>/dev/null | wc -l)"

            """
        try bench.write(script, to: "ls.sh")
        // By a program of its own: a file that this one has written may still be open in a child that another test has
        // just forked, and is "busy" then.
        try await bench.run("install", "-D", "-m", "755", "ls.sh", "bin/ls")
    }

    /// - Returns: how the run ended, and what the service was sent.
    func run() async throws -> (Ended, sent: String) {
        let ended = try await withService("allow") { try await bench.sluice("run", $0, "--cwd", "project") }
        return (ended, try #require(bench.read("server")))
    }

    /// Hands over the name of a pipeline file, while the service that it names is there.
    ///
    /// - Parameter policy: What becomes of a command line: `allow` or `ask`.
    func withService<Value>(
        isolation: isolated (any Actor)? = #isolation,
        _ policy: String,
        _ body: (String) async throws -> Value
    ) async throws -> Value {
        let server = try Running(
            ["python3", "\(Bench.package)/Tests/Fixtures/Servers/model_server.py"],
            bench.environment.filter { $0.key != "SLUICE_MASTER_KEY" },
            in: bench.root,
            errors: "\(bench.root)/server"
        )
        defer { server.send(SIGKILL) }
        let port = try #require(await server.next()).trimmingCharacters(in: .newlines)
        let pipeline = """
            name: keeps
            model: openai/gpt
            goal: { gate: command, with: { command: "cat '\(bench.root)/leak'; false" } }
            tools: { \(policy): [bash_exec] }
            limits: { iterations: 1 }
            workspace: { sandbox: off }
            providers:
              openai: { base_url: "http://127.0.0.1:\(port)/once/v1", key: "stored:openai/work" }

            """
        try bench.write(pipeline, to: "keeps.yaml")
        return try await body("keeps.yaml")
    }
}

extension [UInt8] {
    fileprivate static func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: 0...255) } }
}
