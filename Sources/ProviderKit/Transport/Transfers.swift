import CCurl
import PipelineKit

/// The transfers of a loop; lives on its thread.
struct Transfers {
    let multi: sluice_multi
    private var all: [sluice_easy: Transfer] = [:]
    private var places: [ObjectIdentifier: Transfer] = [:]
    private var queue = TransferQueue()
    /// Before then nothing is out of time. What comes makes a transfer's time longer, so it is looked at no sooner.
    private var look: ContinuousClock.Instant?

    init(multi: sluice_multi) { self.multi = multi }

    mutating func carryOut(_ order: CurlLoop.Order) {
        switch order {
        case .start(let exchange):
            if exchange.isOver { return }  // cancelled before its turn came
            if queue.enter(exchange) { start(exchange) } else { lookBy(exchange.deadline) }
        case .cut(let exchange):
            if let transfer = transfer(of: exchange) { remove(transfer) } else { queue.forget(exchange) }
        case .resume(let exchange): goOn(exchange) { $0.resume() }
        case .release(let exchange): goOn(exchange) { $0.release() }
        case .stop: break
        }
    }

    /// Reads and writes what can be, and ends what has ended or is out of time.
    mutating func perform() {
        let code = sluice_multi_perform(multi)
        for transfer in all.values { transfer.handOver() }
        var result = CURLE_OK
        while let easy = sluice_multi_next_ended(multi, &result) {
            if let transfer = all[easy] { end(transfer, transfer.outcome(of: result)) }
        }
        let now = ContinuousClock.now
        if let look, look <= now { endLate(at: now) }
        if code != CURLM_OK { cutAll { .curl(CURLE_FAILED_INIT, $0, osError: 0) } }
    }

    /// Until there is something to do: a socket, an order, a deadline.
    func wait() {
        let left = look.map { ContinuousClock.now.duration(to: $0) } ?? .seconds(3_600)
        let milliseconds = min(max((left / .milliseconds(1)).rounded(.up), 0), 3_600_000)
        sluice_multi_wait(multi, Int32(milliseconds))
    }

    mutating func cutAll(because failure: (RequestTarget) -> Failure) {
        for exchange in queue.takeAll() { exchange.end(.failed(failure(exchange.target))) }
        for transfer in all.values { end(transfer, .failed(failure(transfer.exchange.target))) }
    }

    private mutating func endLate(at now: ContinuousClock.Instant) {
        for exchange in queue.takeLate(at: now) {
            exchange.end(.failed(.noPlace(exchange.target, within: exchange.request.timeouts.total)))
        }
        for transfer in all.values {
            if let failure = transfer.timeout(at: now) { end(transfer, .failed(failure)) }
        }
        look = queue.deadline
        for transfer in all.values { lookBy(transfer.deadline) }
    }

    private mutating func lookBy(_ moment: ContinuousClock.Instant) {
        look = look.map { min($0, moment) } ?? moment
    }

    private mutating func goOn(_ exchange: Exchange, _ body: (Transfer) -> Void) {
        guard let transfer = transfer(of: exchange) else { return }
        body(transfer)
        lookBy(transfer.deadline)
    }

    /// Sends the request of whoever has got a place; those that cannot be sent give theirs to the next.
    private mutating func start(_ first: Exchange) {
        var next: Exchange? = first
        while let exchange = next {
            if !exchange.isOver, begin(exchange) { return }
            next = queue.leave(exchange.target.host)
        }
    }

    /// - Returns: whether the transfer is under way.
    private mutating func begin(_ exchange: Exchange) -> Bool {
        do throws(Failure) {
            let transfer = try Transfer(exchange)
            guard sluice_multi_add(multi, transfer.easy) == CURLM_OK else {
                throw .curl(CURLE_FAILED_INIT, exchange.target, osError: 0)
            }
            all[transfer.easy] = transfer
            places[ObjectIdentifier(exchange)] = transfer
            lookBy(transfer.deadline)
            return true
        } catch {
            exchange.end(.failed(error))
            return false
        }
    }

    private mutating func end(_ transfer: Transfer, _ outcome: Exchange.Outcome) {
        remove(transfer)
        transfer.exchange.end(outcome)
    }

    /// A transfer that has not ended loses its connection by this, and an HTTP/2 stream is reset.
    private mutating func remove(_ transfer: Transfer) {
        sluice_multi_remove(multi, transfer.easy)
        all[transfer.easy] = nil
        places[ObjectIdentifier(transfer.exchange)] = nil
        if let next = queue.leave(transfer.exchange.target.host) { start(next) }
    }

    private func transfer(of exchange: Exchange) -> Transfer? { places[ObjectIdentifier(exchange)] }
}
