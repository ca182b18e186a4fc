import GateKit
import PipelineKit
import ProcessKit
import Synchronization

/// A server that a gate starts, asks and ends.
struct TestedServer: Sendable {
    /// A command line for /bin/sh, with the port in it where it says `${port}`, and in $PORT.
    let line: String
    let port: Int
    private let log = Log()

    init(_ line: String, port: Int) {
        self.line = Self.filled(line, port)
        self.port = port
    }

    /// What people call it: `'python app.py'`.
    var name: String { "'\(line)'" }

    /// A text with the port where it says `${port}`.
    static func filled(_ text: String, _ port: Int) -> String { text.replacing("${port}", with: "\(port)") }

    /// Runs it until the task is cancelled or it ends by itself; whatever it started ends with it.
    func run(in workspace: Workspace, atMost time: Duration, _ context: GateContext) async {
        let command = Command.shell(
            line,
            in: workspace,
            environment: ["PORT": "\(port)"],
            timeout: time,
            limit: .runner
        )
        let log = log
        do throws(Failure) {
            let finished = try await ProcessKit.run(command) { piece in
                log.add(piece)
                context.progress(piece)
            }
            log.end(.success(finished))
        } catch {
            log.end(.failure(error))
        }
    }

    /// How it ended, if it has.
    var end: Result<Finished, Failure>? { log.state.withLock { $0.end } }

    /// `'python app.py' exited with 1`; `nil` while it runs.
    var ending: String? {
        switch end {
        case .success(let finished): RunnerEnd.words(of: name, status: finished.status)
        case .failure(let failure): "\(name) could not run: \(failure.message)"
        case nil: nil
        }
    }

    /// The end of what it printed.
    var printed: String {
        let text = log.state.withLock { $0.printed }.trimmed
        return text.isEmpty ? "The server printed nothing.\n" : "The server printed last:\n\(text.capped(to: 4_000))\n"
    }

    /// What a server said and how it ended, heard on threads of its own.
    private final class Log: Sendable {
        struct State {
            var printed = ""
            var end: Result<Finished, Failure>?
        }

        let state = Mutex(State())

        func add(_ piece: String) {
            state.withLock { state in
                state.printed += piece
                // Cut seldom: what comes may come byte by byte.
                if state.printed.utf8.count > 64_000 { state.printed = String(state.printed.suffix(16_000)) }
            }
        }

        func end(_ result: Result<Finished, Failure>) { state.withLock { $0.end = result } }
    }
}

/// When a server may be asked.
enum Readiness: Sendable, Hashable {
    /// Somebody accepts connections at the port.
    case listens(port: Int)
    /// An address answers with a status below 400.
    case answers(url: String)

    /// - Parameter setting: `/health`, `http://127.0.0.1:8000/health`, `8000`; `nil` for the port of the gate.
    init(_ setting: String?, port: Int) {
        let text = TestedServer.filled(setting ?? "\(port)", port)
        if let number = Int(text) {
            self = .listens(port: number)
        } else {
            self = .answers(url: text.hasPrefix("/") ? "http://127.0.0.1:\(port)\(text)" : text)
        }
    }

    /// Whether a setting is one of the three.
    static func isKnown(_ setting: String) -> Bool {
        setting.hasPrefix("/") || setting.hasPrefix("http://") || setting.hasPrefix("https://")
            || setting == "${port}" || Int(setting).map { (1...65_535).contains($0) } ?? false
    }

    var url: String {
        switch self {
        case .listens(let port): "http://127.0.0.1:\(port)/"
        case .answers(let url): url
        }
    }

    /// Why it may not be asked yet; `nil` when it may.
    func problem(_ outcome: HTTPOutcome) -> String? {
        switch (self, outcome) {
        case (.listens, .answered), (.listens, .failed(_, isConnected: true)): nil
        case (.listens(let port), .failed): "Nobody accepts connections at port \(port)."
        case (.answers(let url), .failed(let words, _)): "'\(url)': \(words)"
        case (.answers(let url), .answered(let answer)):
            answer.status < 400 ? nil : "'\(url)' answers with \(answer.status)."
        }
    }
}

extension TestedServer {
    /// Asks until it may be asked, its end or the end of the time.
    ///
    /// - Returns: what is wrong, as a sentence; `nil` when it is ready.
    /// - Throws: ``Failure/Kind/missing`` when its shell found no program.
    func waitUntil(_ readiness: Readiness, atMost time: Duration, _ curl: Curl) async throws(Failure) -> String? {
        let deadline = ContinuousClock.now + time
        var pause = Duration.milliseconds(20)
        while true {
            let outcome = try await curl.send(HTTPCall(readiness.url, timeout: .seconds(2)))
            // Looked at after the question: what answers may be another server, when this one has ended.
            if let end { return try early(end) }
            guard let problem = readiness.problem(outcome) else { return nil }
            guard ContinuousClock.now < deadline else {
                return "The server \(name) was not ready after \(time.written). \(problem)"
            }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw Failure(.cancelled, "The wait for the server was cancelled.")
            }
            pause = min(pause * 2, .milliseconds(250))
        }
    }

    private func early(_ end: Result<Finished, Failure>) throws(Failure) -> String {
        let finished = try end.get()
        if let problem = finished.notStarted(name) { throw problem }
        let hint = finished.status == 0 ? " It has to stay in the foreground." : ""
        return "The server ended before it was ready: \(RunnerEnd.words(of: name, status: finished.status)).\(hint)"
    }
}
