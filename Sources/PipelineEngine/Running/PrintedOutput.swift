import PipelineKit
import Synchronization

/// What a program prints while it works for a reply, recorded as it comes, in pieces of a quarter of a second: whoever
/// follows the run reads it then, and who comes later, too.
final class PrintedOutput: Sendable {
    private struct State {
        var reports: [OutsideReport] = []
        /// Bytes that may still be recorded.
        var room = PrintedOutput.most
        var isCut = false
        var isOver = false
        var signal: AsyncStream<Void>.Continuation?
    }

    private let pieces: [OutsideReport.Stream: RedactedPieces]
    private let state = Mutex(State())

    /// Bytes that are recorded of one reply.
    private static let most = 8 << 20
    private static let interval = Duration.milliseconds(250)

    init(_ redactor: Redactor) {
        pieces = [.stdout: RedactedPieces(redactor), .stderr: RedactedPieces(redactor)]
    }

    /// Takes a piece, in the order of its stream.
    func add(_ text: String, isError: Bool) {
        let stream: OutsideReport.Stream = isError ? .stderr : .stdout
        take(pieces[stream]?.next(text) ?? "", stream)
    }

    private func take(_ text: String, _ stream: OutsideReport.Stream) {
        guard !text.isEmpty else { return }
        state.withLock { state in
            guard !state.isCut else { return }
            state.room -= text.utf8.count
            if state.room < 0 {
                state.isCut = true
                let most = ByteCount(bytes: Self.most)
                state.reports.append(.output(.stderr, "[More than \(most) was printed; the rest is not recorded.]\n"))
            } else {
                state.reports.append(stream, text)
            }
            state.signal?.yield()
        }
    }

    /// Records what comes while the body works, and all of it before this returns.
    func recorded<Value: Sendable>(
        in run: LiveRun,
        _ clock: EngineClock,
        _ body: @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let (news, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.signal = signal }
        async let recording: Void = record(news, in: run, clock)
        let result: Result<Value, Failure>
        do throws(Failure) { result = .success(try await body()) } catch { result = .failure(error) }
        for stream in OutsideReport.Stream.allCases { take(pieces[stream]?.end() ?? "", stream) }
        state.withLock { $0.isOver = true }
        signal.finish()
        await recording
        return try result.get()
    }

    private func record(_ news: AsyncStream<Void>, in run: LiveRun, _ clock: EngineClock) async {
        for await _ in news {
            if !state.withLock(\.isOver) { await clock.sleep(clock.now() + Self.interval) }
            guard await record(in: run) else { return }
        }
        _ = await record(in: run)
    }

    /// - Returns: `false` when nothing can be recorded any more: the run has ended, or the store fails, as whatever is recorded
    ///   next will say.
    private func record(in run: LiveRun) async -> Bool {
        while true {
            let reports = state.withLock { state in
                let next = Array(state.reports.prefix(RunService.mostReports))
                state.reports.removeFirst(next.count)
                return next
            }
            guard !reports.isEmpty else { return true }
            do throws(ServiceError) { try await run.record(.report(reports)) } catch { return false }
        }
    }
}

extension [OutsideReport] {
    /// Adds a piece: to the last report where it is of the same stream, and no longer than a report may be.
    fileprivate mutating func append(_ stream: OutsideReport.Stream, _ text: String) {
        if case .output(stream, let before)? = last, before.utf8.count + text.utf8.count <= OutsideBounds.text {
            self[count - 1] = .output(stream, before + text)
            return
        }
        var rest = text[...]
        while !rest.isEmpty {
            let end = rest.utf8.index(rest.startIndex, offsetBy: OutsideBounds.text, limitedBy: rest.endIndex)
            // A slice that would end within a scalar ends before it.
            let piece = rest[..<(end ?? rest.endIndex)]
            append(.output(stream, String(piece)))
            rest = rest[piece.endIndex...]
        }
    }
}
