import Glibc
import PipelineKit
import ProcessKit
import RPCKit
import Synchronization

/// The helper process of some libraries in one workspace: started when it is first needed, once more after it has ended.
///
/// One request at a time; it ends with this object.
final class HelperProcess: Sendable {
    private struct Running {
        var companion: Companion
        var reader = RPCFrameReader(.lines, limit: HelperProcess.longest)
        /// What it has said beyond its last answer.
        var lines: [[UInt8]] = []
        /// How often it has been asked.
        var asked = 0
        /// What it answered to ``HelperProcess/first``.
        var opened: [JSONValue] = []
    }

    /// The program and its arguments.
    private let host: [String]
    /// Absolute paths of files that it reads.
    private let files: [String]
    /// What it is asked as soon as it has started.
    private let first: [HostRequest]
    private let line = Turnstile()
    private let running = Mutex<Running?>(nil)
    /// Bytes of an answer, at most.
    private static let longest = 8 << 20
    /// How long it may take to start, and to load each library: the time of a call is for the call.
    static let loading = Duration.seconds(20)
    /// How long a thread of the concurrency pool waits for an answer, as most come at once.
    private static let moment = Duration.milliseconds(1)

    init(host: [String], files: [String], first: [HostRequest]) {
        self.host = host
        self.files = files
        self.first = first
    }

    /// What the helper answered when it started, which it does now unless it runs already.
    ///
    /// - Throws: as ``ask(_:in:within:)``.
    func opened(in workspace: Workspace) async throws(Failure) -> [JSONValue] {
        try await line.pass { () async throws(Failure) in
            if self.running.withLock({ $0 == nil }) { try await self.start(in: workspace) }
            return self.running.withLock { $0?.opened ?? [] }
        }
    }

    /// Asks, and starts the helper if need be.
    ///
    /// - Throws: ``Failure/Kind/timedOut``, after which the helper is gone; ``Failure/Kind/unavailable`` when it ended;
    ///   ``Failure/Kind/invalidInput`` with its own words when it refuses.
    func ask(_ request: HostRequest, in workspace: Workspace, within patience: Duration) async throws(Failure)
        -> JSONValue
    {
        try await line.pass { () async throws(Failure) in
            if self.running.withLock({ $0 == nil }) { try await self.start(in: workspace) }
            return try await self.answer(to: request, patience)
        }
    }

    private func start(in workspace: Workspace) async throws(Failure) {
        var command = Command(host[0], Array(host.dropFirst()), in: workspace, timeout: .seconds(1_000_000))
        command.grace = .zero
        command.environment["SWIFT_BACKTRACE"] = "enable=no"  // a library's crash is told in a sentence
        command.confinement?.readable += files + [host[0]]
        let companion = try await Companion.start(command)
        running.withLock { $0 = Running(companion: companion) }
        do throws(Failure) {
            for request in first {
                let answer = try await answer(to: request, Self.loading)
                running.withLock { $0?.opened.append(answer) }
            }
        } catch {
            end()
            throw error
        }
    }

    private func answer(to request: HostRequest, _ patience: Duration) async throws(Failure) -> JSONValue {
        let (companion, number) = try next()
        let line = try await withTaskCancellationHandler { () async -> Result<[UInt8], Failure> in
            await exchange(request.line(number), companion, patience)
        } onCancel: {
            companion.end()
        }.get()
        guard let bytes = HostRequest.numbered(line, number) else { throw stray() }
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: bytes) } catch {
            end()
            throw Failure(.unavailable, "The helper process answered what cannot be read. \(error)")
        }
        if let error = json["error"]?.text, json.members.count == 1 { throw Failure(.invalidInput, error) }
        return json
    }

    /// The number of the next request, which no line may have come before.
    private func next() throws(Failure) -> (Companion, Int) {
        let next = running.withLock { running in
            running?.asked += 1
            return running.map { ($0.companion, $0.asked, isQuiet: $0.lines.isEmpty) }
        }
        guard let (companion, number, isQuiet) = next else {
            throw Failure(.unavailable, "The helper process has ended.")
        }
        guard isQuiet else { throw stray() }
        return (companion, number)
    }

    /// Ends a helper that has said what nobody asked: from then on nobody knows whose an answer is.
    private func stray() -> Failure {
        end()
        return Failure(
            .unavailable,
            """
            gave no answer that is surely its own, as something else stood where answers are written. That comes from a \
            library that forks, or writes there. Its process was ended.
            """
        )
    }

    private func exchange(_ request: [UInt8], _ companion: Companion, _ patience: Duration) async
        -> Result<[UInt8], Failure>
    {
        do throws(Failure) {
            try companion.write(request, within: patience)
            if let line = try quickly(companion) { return .success(line) }
            return .success(
                try await BlockingThread.run { () throws(Failure) in
                    try self.line(from: companion, within: patience)
                }
            )
        } catch {
            return .failure(await explained(error, companion, patience))
        }
    }

    private func quickly(_ companion: Companion) throws(Failure) -> [UInt8]? {
        do throws(Failure) { return try line(from: companion, within: Self.moment) } catch {
            guard error.kind == .timedOut else { throw error }
            return nil
        }
    }

    /// The next line that the helper says.
    private func line(from companion: Companion, within patience: Duration) throws(Failure) -> [UInt8] {
        while true {
            let line = running.withLock { $0?.lines.isEmpty == false ? $0?.lines.removeFirst() : nil }
            if let line { return line }
            let piece = try companion.read(within: patience, isAwake: true)
            guard !piece.isEmpty else { throw Failure(.unavailable, "The helper process has ended.") }
            try running.withLock { running throws(Failure) in
                let lines = try running?.reader.take(piece) ?? []
                running?.lines += lines
            }
        }
    }

    /// What became of the helper, which is ended now if it has not.
    private func explained(_ failure: Failure, _ companion: Companion, _ patience: Duration) async -> Failure {
        guard !Task.isCancelled else {
            end()
            return Failure(.cancelled, "The call was ended because the work was cancelled.")
        }
        guard failure.kind == .unavailable else {
            end()
            return Failure(.timedOut, "did not return within \(patience.written), and was ended.")
        }
        let words = await ending(of: companion)
        end()
        return Failure(.unavailable, words)
    }

    /// How a helper came to its end that says nothing any more, in words that begin after what was asked.
    private func ending(of companion: Companion) async -> String {
        let reaper = Task {
            try? await Task.sleep(for: .seconds(2))
            companion.end()
        }
        defer { reaper.cancel() }
        do throws(Failure) {
            let outcome = try await companion.wait()
            let said = companion.errorText.trimmed
            let words = said.isEmpty ? "" : " It said: \(said)"
            guard case .finished(let finished) = outcome, finished.status > 128 else {
                return "ended its process.\(words)"
            }
            let signal = String(cString: strsignal(Int32(finished.status - 128)))
            return "ended its process by signal \(finished.status - 128) (\(signal)).\(words)"
        } catch {
            return error.message
        }
    }

    private func end() {
        let old = running.withLock { running in
            defer { running = nil }
            return running?.companion
        }
        old?.end()
    }
}
