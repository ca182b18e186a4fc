import CCurl
import PipelineKit

/// The transfers of a loop; lives on its thread.
struct Transfers {
    let multi: sluice_multi
    private var all: [sluice_easy: Transfer] = [:]

    init(multi: sluice_multi) { self.multi = multi }

    mutating func carryOut(_ order: CurlLoop.Order) {
        switch order {
        case .start(let exchange): start(exchange)
        case .cut(let exchange): transfer(of: exchange).map { remove($0) }
        case .resume(let exchange): transfer(of: exchange)?.resume()
        case .release(let exchange): transfer(of: exchange)?.release()
        case .stop: break
        }
    }

    /// Reads and writes what can be, and ends what has ended or is out of time.
    mutating func perform() {
        let code = sluice_multi_perform(multi)
        var result = CURLE_OK
        while let easy = sluice_multi_next_ended(multi, &result) {
            if let transfer = all[easy] { end(transfer, transfer.outcome(of: result)) }
        }
        let now = ContinuousClock.now
        for transfer in all.values {
            if let failure = transfer.timeout(at: now) { end(transfer, .failed(failure)) }
        }
        if code != CURLM_OK { cutAll { .curl(CURLE_FAILED_INIT, $0, osError: 0) } }
    }

    /// Until there is something to do: a socket, an order, a deadline.
    func wait() {
        let left = all.values.map(\.deadline).min().map { ContinuousClock.now.duration(to: $0) } ?? .seconds(3_600)
        let milliseconds = min(max((left / .milliseconds(1)).rounded(.up), 0), 3_600_000)
        sluice_multi_wait(multi, Int32(milliseconds))
    }

    mutating func cutAll(because failure: (RequestTarget) -> Failure) {
        for transfer in all.values { end(transfer, .failed(failure(transfer.exchange.target))) }
    }

    private mutating func start(_ exchange: Exchange) {
        guard !exchange.isOver else { return }  // cancelled before its turn came
        do throws(Failure) {
            let transfer = try Transfer(exchange)
            guard sluice_multi_add(multi, transfer.easy) == CURLM_OK else {
                throw .curl(CURLE_FAILED_INIT, exchange.target, osError: 0)
            }
            all[transfer.easy] = transfer
        } catch {
            exchange.end(.failed(error))
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
    }

    private func transfer(of exchange: Exchange) -> Transfer? {
        all.values.first { $0.exchange === exchange }
    }
}
