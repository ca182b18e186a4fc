import CCurl
import PipelineKit

/// The socket's side of an exchange; lives on the thread of its loop and nowhere else.
final class Transfer {
    /// What is to become of a transfer after a callback.
    enum Next {
        case goOn
        case pause
        case stop
    }

    let exchange: Exchange
    let easy: sluice_easy
    /// Why a callback stopped the transfer; libcurl would only say that one did.
    private(set) var problem: Failure?
    private var head = ResponseHeadReader()
    private var headers: UnsafeMutablePointer<sluice_list>?
    private var lastActivity = ContinuousClock.now
    /// Whether the reader lags; it says so itself when it has caught up, and only then time counts again.
    private var isPaused = false
    private var released: ContinuousClock.Instant?
    private var unread = 0
    /// What has come and has not been handed over.
    private var gathered: [UInt8] = []
    private var gatheredHead: ResponseHead?
    /// Whether the reader had enough when something was handed over last.
    private var isReaderFull = false
    private var uploaded: curl_off_t = 0
    /// An address that it was not to be connected to.
    private var refused: InternetAddress?

    init(_ exchange: Exchange) throws(Failure) {
        guard let easy = sluice_easy_new() else { throw Failure(.unavailable, "libcurl has no memory for a transfer.") }
        self.exchange = exchange
        self.easy = easy
        let code = setUp()
        guard code == CURLE_OK else { throw .curl(code, exchange.target, osError: 0) }
    }

    deinit {
        sluice_easy_free(easy)
        sluice_list_free(headers)
    }

    /// What the result of libcurl means.
    func outcome(of code: CURLcode) -> Exchange.Outcome {
        if let problem { return .failed(problem) }
        switch code {
        case CURLE_OK: return .complete
        case CURLE_COULDNT_CONNECT:
            if let refused { return .failed(.notPublic(exchange.target, refused)) }
        case CURLE_OPERATION_TIMEDOUT: return .failed(.notConnected(exchange.target, within: timeouts.connect))
        case CURLE_OUT_OF_MEMORY, CURLcode(rawValue: 100):
            // A line of more than 100 kB is refused before anybody sees it, by libcurl 7.88 with the first of these and
            // from 8.6 on with the second, CURLE_TOO_LARGE.
            if !head.isComplete { return .failed(.longHead(exchange.target)) }
        default: break
        }
        let osError = Int32(truncatingIfNeeded: sluice_get_long(easy, CURLINFO_OS_ERRNO))
        return .failed(.curl(code, exchange.target, osError: osError))
    }

    /// Lets a paused transfer go on; its silence until now was the reader's.
    func resume() {
        lastActivity = .now
        isPaused = false
        sluice_easy_resume(easy)
    }

    func refuse(_ address: InternetAddress) { refused = address }

    func release() {
        released = .now
        resume()
    }
}

// Time.
extension Transfer {
    private var timeouts: TransportRequest.Timeouts { exchange.request.timeouts }

    /// When the transfer has to be looked at again although nothing came. A paused transfer is not silent.
    var deadline: ContinuousClock.Instant {
        if let released { return released + CurlTransport.patience }
        let silence = isAwaited ? timeouts.firstByte : timeouts.idle
        return isPaused ? exchange.deadline : min(exchange.deadline, lastActivity + silence)
    }

    /// Whether the request has gone out and the answer has not begun.
    private var isAwaited: Bool { !head.isComplete && uploaded >= exchange.request.body.count }

    /// Why the transfer is out of time, if it is.
    func timeout(at now: ContinuousClock.Instant) -> Failure? {
        noteSent(at: now)
        guard now >= deadline else { return nil }
        guard released == nil else { return .cancelled(exchange.target) }
        if now >= exchange.deadline { return .notComplete(exchange.target, within: timeouts.total) }
        if isAwaited { return .noAnswer(exchange.target, within: timeouts.firstByte) }
        return head.isComplete
            ? .stalled(exchange.target, timeouts.idle) : .notTaken(exchange.target, timeouts.idle)
    }

    /// Bytes of the request that went out count as activity; asked for after each of them.
    private func noteSent(at now: ContinuousClock.Instant) {
        let sent = sluice_get_size(easy, CURLINFO_SIZE_UPLOAD_T)
        guard sent != uploaded else { return }
        uploaded = sent
        lastActivity = now
    }
}

// What the callbacks hand over.
extension Transfer {
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Next {
        lastActivity = .now
        switch head.take(line, limit: CurlTransport.headLimit) {
        case .more: return .goOn
        case .complete(let head):
            gatheredHead = head
            return .goOn
        case .tooLong:
            problem = .longHead(exchange.target)
            return .stop
        }
    }

    /// Takes all of the bytes or none.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Next {
        lastActivity = .now
        guard released == nil else {
            unread += bytes.count
            return unread > CurlTransport.readAhead ? .stop : .goOn
        }
        if gathered.count >= CurlTransport.readAhead { handOver() }
        if isReaderFull {
            isReaderFull = exchange.pauses
            isPaused = isReaderFull
            guard !isPaused else { return .pause }
        }
        gathered.append(contentsOf: bytes)
        return .goOn
    }

    /// Wakes the reader once for all that has come, however many pieces that was.
    func handOver() {
        if !gathered.isEmpty {
            isReaderFull = exchange.receive(gathered)
            gathered = []
        }
        if let head = gatheredHead {  // last, as whoever waits for it finds what came with it
            gatheredHead = nil
            exchange.receive(head)
        }
    }
}

// Options.
extension Transfer {
    private func setUp() -> CURLcode {
        let request = exchange.request
        let context = Unmanaged.passUnretained(self).toOpaque()
        var options = TransferOptions(of: easy)
        options.set(CURLOPT_URL, request.url)
        options.set(CURLOPT_PROTOCOLS_STR, "http,https")
        options.set(CURLOPT_FOLLOWLOCATION, 0)
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        if let authorities = exchange.authorities { options.set(CURLOPT_CAINFO, authorities) }
        options.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        options.set(CURLOPT_TCP_KEEPALIVE, 1)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.milliseconds)
        options.set(CURLOPT_HEADERFUNCTION, onHeader, CURLOPT_HEADERDATA, context)
        options.set(CURLOPT_WRITEFUNCTION, onBody, CURLOPT_WRITEDATA, context)
        options.setBody(request.body, method: request.method)
        if request.addresses == .publicOnly { options.guardAddresses(context) }
        headers = options.setHeaders(request.headers)
        return options.code
    }
}

extension Duration {
    /// At least 1, because libcurl takes 0 for its own default of five minutes.
    fileprivate var milliseconds: Int { Int(min(max(self / .milliseconds(1), 1), 1e9)) }
}
