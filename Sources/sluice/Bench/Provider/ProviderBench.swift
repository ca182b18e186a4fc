import FoundationEssentials
import LoadKit
import PipelineEngine
import PipelineKit
import ProviderKit
import Synchronization

/// Measures what stands between a model service and the engine, with a service in a process of its own. A line for each
/// figure:
///
///     {"ev":"overhead","service":"pieces","requests":1000,"request_bytes":32137,"pieces":50,"us":350.2,"bare_us":179.2,
///      "ratio":1.95}
///     {"ev":"stream","megabytes":628,"megabytes_per_second":288.4,"bare_megabytes_per_second":4716.2,
///      "peak_bytes":34070528}
///     {"ev":"first","pieces":1000,"p50_us":82.4,"p99_us":205.8}
///
/// `overhead` asks the same question one after the other through ``ModelService`` and ``CurlTransport``, and through one
/// handle of libcurl that only counts bytes; in turns, medians of single requests. A service of `pieces` answers at once,
/// one that is `spoken` to at 5,000 pieces a second. `stream` parses answers of chunks as
/// OpenAI sends them; bytes as they are in HTTP, the most of memory that this process had. `first` is the time from the
/// service's write of a piece to its arrival at somebody who follows the run.
struct ProviderBench {
    enum Part: String, CaseIterable {
        case overhead, stream, first
    }

    private let lines = BenchLines()
    private let server: ServerProcess
    private let session: Session

    /// - Parameter requests: Of each kind in `overhead`; a hundredth of them, and at most ten, in `stream`.
    static func measure(_ parts: [Part], requests: Int, _ session: Session) async throws(CommandError) {
        for part in parts {
            let words = ["bench", "provider", "server"]
            let server = try ServerProcess(words, environment: session.environment)
            defer { server.end() }
            let bench = ProviderBench(server: server, session: session)
            bench.lines.tell("ready", ["part": .string(part.rawValue), "version": .string(Version.number)])
            switch part {
            case .overhead:
                try await bench.measureOverhead(requests, of: "pieces")
                try await bench.measureOverhead(requests / 10, of: "spoken")
            case .stream: try await bench.measureStream(min(10, max(1, requests / 100)))
            case .first: try await bench.measureFirst()
            }
        }
        BenchLines().tell("end")
    }

    private init(server: ServerProcess, session: Session) {
        self.server = server
        self.session = session
    }

    private func url(_ path: String) -> String { "http://127.0.0.1:\(server.port)/\(path)/v1" }

    private func service(_ path: String) -> ModelService<ChatDialect> {
        ModelService(baseURL: url(path), key: nil, speaking: ChatDialect())
    }

    // MARK: - Overhead

    /// Requests of one kind before the other has its turn.
    private static let turn = 20
    private static let pieces = 50

    /// - Parameter manner: How the service answers, as ``ModelStage`` calls it.
    private func measureOverhead(_ requests: Int, of manner: String) async throws(CommandError) {
        let (service, transport) = (service("\(manner)/\(Self.pieces)"), CurlTransport())
        let question = Self.question
        let bare = try BareCurl(bareRequest(question, service))
        let count = Mutex(0)
        let hear: @Sendable (ModelPiece) -> Void = { _ in count.withLock { $0 += 1 } }
        let context = ProviderContext(transport: transport, secrets: { _ in nil }, emit: hear)
        var (ours, theirs) = (Latencies(), Latencies())
        for round in 0...max(1, requests / Self.turn) {
            for _ in 0..<Self.turn {
                let began = MonotonicClock.nanoseconds
                try await ask(service, question, context)
                let middle = MonotonicClock.nanoseconds
                if round > 0 { ours.add(nanoseconds: middle - began) }  // the first is for the connections
            }
            for _ in 0..<Self.turn {
                let began = MonotonicClock.nanoseconds
                try bare.send()
                if round > 0 { theirs.add(nanoseconds: MonotonicClock.nanoseconds - began) }
            }
        }
        guard count.withLock({ $0 }) == (ours.count + Self.turn) * Self.pieces else {
            throw .broken("Not every piece of the answers was heard.")
        }
        let (us, bareUs) = (ours.microseconds(of: 0.5), theirs.microseconds(of: 0.5))
        lines.tell(
            "overhead",
            [
                "service": .string(manner), "requests": .int(ours.count),
                "request_bytes": .int(service.dialect.body(for: question).encoded().count),
                "pieces": .int(Self.pieces), "us": .double(tenths(us)), "bare_us": .double(tenths(bareUs)),
                "ratio": .double(hundredths(us / bareUs)),
            ]
        )
    }

    private func ask(
        _ service: ModelService<ChatDialect>,
        _ question: ModelRequest,
        _ context: ProviderContext
    ) async throws(CommandError) {
        do throws(Failure) { _ = try await service.reply(to: question, in: context) } catch {
            throw .broken(error.message)
        }
    }

    private func bareRequest(_ question: ModelRequest, _ service: ModelService<ChatDialect>) -> TransportRequest {
        TransportRequest(
            url: service.baseURL + service.dialect.path(for: question),
            headers: [.init("Content-Type", "application/json"), .init("Accept", "text/event-stream")],
            body: service.dialect.body(for: question).encoded()
        )
    }

    /// Of 30 kB: a conversation of some turns.
    private static let question = ModelRequest(
        model: "gpt-5.2",
        system: String(repeating: "You mend programs until their tests pass. ", count: 50),
        messages: Messages(
            (1...14).map { turn in
                let text = String(repeating: "def add(a, b):\n    return a - b\n", count: 60)
                return turn.isMultiple(of: 2)
                    ? .assistant(
                        text,
                        calls: [ToolCall(id: CallID("c\(turn)"), tool: "file_read", arguments: #"{"path":"a"}"#)]
                    )
                    : .tool(call: CallID("c\(turn - 1)"), name: "file_read", text: text, isError: false)
            }
        ),
        tools: [],
        maximumOutput: 4_096
    )

    // MARK: - Streams

    private static let megabytes = 60

    private func measureStream(_ answers: Int) async throws(CommandError) {
        let (service, transport) = (service("bytes/\(Self.megabytes)"), CurlTransport())
        let question = ModelRequest(model: "m", system: "", messages: [.user("Go on.")], tools: [], maximumOutput: 9)
        let context = ProviderContext(transport: transport, secrets: { _ in nil })
        var ours = 0.0
        for _ in 1...answers {
            let began = MonotonicClock.nanoseconds
            try await ask(service, question, context)
            ours += Double(MonotonicClock.nanoseconds - began) / 1e9
        }
        let peak = ServerProcess.ownPeak
        let bare = try BareCurl(bareRequest(question, service))
        let began = MonotonicClock.nanoseconds
        for _ in 1...answers { try bare.send() }
        let theirs = Double(MonotonicClock.nanoseconds - began) / 1e9
        let megabytes = Double(bare.received) / 1e6
        lines.tell(
            "stream",
            [
                "megabytes": .int(Int(megabytes)), "megabytes_per_second": .double(tenths(megabytes / ours)),
                "bare_megabytes_per_second": .double(tenths(megabytes / theirs)), "peak_bytes": .int(peak),
            ]
        )
    }

    // MARK: - From the service to who follows

    private static let paced = 1_000

    private func measureFirst() async throws(CommandError) {
        let services = Services.idle(registry, over: MemoryStore(), in: "/nonexistent", by: CurlTransport())
        let delays = Mutex(Latencies())
        let run: RunID = "r1"
        let order = RunOrder(run: run, pipeline: try pipeline(), project: "/nonexistent", origin: "bench")
        do throws(ServiceError) { _ = try await services.runs.start(order) } catch { throw .broken("\(error)") }
        let leave = services.feed.follow(run) { item in
            guard case .piece(_, .model(_, .text(let words))) = item, let sent = Int(words.dropFirst()) else { return }
            delays.withLock { $0.add(nanoseconds: MonotonicClock.nanoseconds - sent) }
        }
        defer { leave() }
        let problem = await services.serving {
            do throws(ServiceError) {
                _ = try await services.runs.carryOn(run)
                return String?.none
            } catch {
                return "\(error)"
            }
        }
        if let problem { throw .broken(problem) }
        let heard = delays.withLock { $0 }
        guard heard.count == Self.paced else { throw .broken("Of \(Self.paced) pieces \(heard.count) arrived.") }
        lines.tell(
            "first",
            [
                "pieces": .int(heard.count), "p50_us": .double(tenths(heard.microseconds(of: 0.5))),
                "p99_us": .double(tenths(heard.microseconds(of: 0.99))),
            ]
        )
    }

    private var registry: Registry {
        var registry = session.registry
        registry.add(NeverGate.self)
        return registry
    }

    private func pipeline() throws(CommandError) -> Pipeline {
        do throws(FieldProblems) {
            return try Pipeline(json: [
                "name": "first", "model": "openai/m", "goal": ["gate": "never"], "limits": ["iterations": 1],
                "providers": ["openai": ["base_url": .string(url("paced/\(Self.paced)"))]],
            ])
        } catch {
            throw .broken("\(error)")
        }
    }
}
