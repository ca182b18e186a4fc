import Glibc
public import PipelineKit

/// The same request again and again over a few connections, on each as soon as the answer before has come.
///
/// It is played on the thread that asks for it.
public final class CallLoad {
    private let call: Call
    private let request: [UInt8]
    private let callers: [Caller]
    private let sockets = Readable()

    /// Milliseconds in which some answer has to come.
    private static let patience = 30_000

    /// - Parameter port: Of a server on this machine.
    /// - Throws: ``Failure/Kind/unavailable`` where nobody listens.
    public init(_ call: Call, to port: Int, connections: Int) throws(Failure) {
        self.call = call
        request = call.bytes(to: port)
        var callers: [Caller] = []
        for _ in 0..<connections { callers.append(try Caller(port)) }
        self.callers = callers
        for (index, caller) in callers.enumerated() { sockets.add(caller.connection.number, as: UInt64(index)) }
    }

    /// Sends for so long, on each connection once at least, and waits for what is still to come.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` for a connection that ends, or where nothing is answered.
    public func run(milliseconds: Int) throws(Failure) -> CallFigures {
        let began = MonotonicClock.nanoseconds
        let end = began + milliseconds * 1_000_000
        var figures = CallFigures()
        var open = callers.count
        for caller in callers { caller.send(request) }
        while open > 0 {
            let count = try sockets.wait(Self.patience) { index throws(Failure) in
                let caller = callers[Int(index)]
                guard try receive(caller, &figures) else { return }
                if MonotonicClock.nanoseconds < end { caller.send(request) } else { open -= 1 }
            }
            guard count > 0 else { throw failure("was not answered for \(Self.patience / 1000) s") }
        }
        figures.seconds = Double(MonotonicClock.nanoseconds - began) / 1e9
        return figures
    }

    /// - Returns: whether the answer is whole.
    private func receive(_ caller: Caller, _ figures: inout CallFigures) throws(Failure) -> Bool {
        do throws(Readable.Ending) {
            guard let bytes = try sockets.receive(caller.connection.number) else { return false }
            return caller.take(bytes) { answer in
                figures.add(answer, after: MonotonicClock.nanoseconds - caller.began)
            }
        } catch {
            throw failure("was not answered, the connection ended: \(error.words)")
        }
    }

    private func failure(_ what: String) -> Failure { Failure(.unavailable, "\(call.method) \(call.path) \(what).") }
}

/// What became of a load.
public struct CallFigures: Sendable {
    public internal(set) var latencies = Latencies()
    public internal(set) var seconds = 0.0
    /// Of each status, how many answers had it.
    public private(set) var statuses: [Int: Int] = [:]
    /// The body of the first answer.
    public private(set) var body: [UInt8] = []

    mutating func add(_ answer: Answer, after nanoseconds: Int) {
        if latencies.count == 0 { body = Array(answer.body) }
        latencies.add(nanoseconds: nanoseconds)
        statuses[answer.status, default: 0] += 1
    }
}

/// One connection, with one request at a time.
private final class Caller {
    let connection: Connection
    /// When the request was sent; nanoseconds.
    private(set) var began = 0
    private var incoming = Incoming()

    init(_ port: Int) throws(Failure) {
        guard let connection = Connection(port, buffer: nil) else {
            throw Failure(.unavailable, "Nobody listens on port \(port): \(String(cString: strerror(errno))).")
        }
        self.connection = connection
    }

    deinit { connection.reset() }

    func send(_ request: [UInt8]) {
        began = MonotonicClock.nanoseconds
        connection.send(request)
    }

    /// - Returns: whether the answer is whole, which is handed over then.
    func take(_ bytes: UnsafeRawBufferPointer, _ body: (Answer) -> Void) -> Bool {
        var isWhole = false
        incoming.take(bytes) { bytes in
            guard let (answer, count) = Answer.first(in: bytes) else { return nil }
            isWhole = true
            body(answer)
            return count
        }
        return isWhole
    }
}
