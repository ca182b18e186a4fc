import CCurl
import FoundationEssentials
import Glibc
import PipelineKit
import Synchronization

/// The one thread that talks to the network: libcurl's multi interface, with a mailbox for the tasks that wait.
final class CurlLoop: Sendable {
    enum Order: Sendable {
        case start(Exchange)
        /// Close the connection; the exchange is over.
        case cut(Exchange)
        /// The reader has caught up.
        case resume(Exchange)
        /// There is no reader any more.
        case release(Exchange)
        case stop
    }

    private struct Mailbox {
        var orders: [Order] = []
        var isClosed = false
    }

    private let mailbox = Mutex(Mailbox())
    // Only the thread uses it, but for the wake-up, which libcurl allows from everywhere and `mailbox` keeps from
    // coming after the end.
    private nonisolated(unsafe) let multi: sluice_multi

    init() throws(Failure) {
        if let problem = sluice_curl_open() {
            throw Failure(.missing, "libcurl.so.4 cannot be used: \(String(cString: problem)); install libcurl4.")
        }
        guard let multi = sluice_multi_new() else { throw Failure(.unavailable, "libcurl has no memory.") }
        sluice_multi_keep(multi, CurlTransport.placesOfHost)
        self.multi = multi
    }

    /// - Throws: ``Failure/Kind/unavailable`` when the system has no thread to spare.
    func start() throws(Failure) {
        try BlockingThread.start { self.run() }
    }

    func post(_ order: Order) {
        let isClosed = mailbox.withLock { mailbox in
            guard !mailbox.isClosed else { return true }
            mailbox.orders.append(order)
            if mailbox.orders.count == 1 { sluice_multi_wake(multi) }  // else it has been woken, and not looked yet
            return false
        }
        if isClosed, case .start(let exchange) = order { exchange.end(.failed(.cancelled(exchange.target))) }
    }

    private func run() {
        var transfers = Transfers(multi: multi)
        var isStopped = false
        while !isStopped {
            for order in takeOrders() {
                if case .stop = order { isStopped = true } else { transfers.carryOut(order) }
            }
            transfers.perform()
            if !isStopped { transfers.wait() }
        }
        close(transfers)
    }

    private func takeOrders() -> [Order] {
        mailbox.withLock { mailbox in
            defer { mailbox.orders = [] }
            return mailbox.orders
        }
    }

    private func close(_ transfers: consuming Transfers) {
        let late = mailbox.withLock { mailbox in
            mailbox.isClosed = true
            return mailbox.orders
        }
        for case .start(let exchange) in late { exchange.end(.failed(.cancelled(exchange.target))) }
        transfers.cutAll { .cancelled($0) }
        sluice_multi_free(multi)
    }
}
