import Foundation
import PipelineKit

/// A regular expression somebody wrote, searched for within a bound.
///
/// ICU's expressions, as Swift's own cannot be interrupted: `(a+)+$` takes time exponential in the length of the text.
struct Pattern: Sendable {
    let expression: String

    /// How much processor time a search may take. Two megabytes take a tenth of it. It must stay well below the two
    /// seconds or so of steps after which Foundation itself gives up, as it then says that nothing matched.
    private static let patience: Duration = .milliseconds(500)

    /// - Throws: ``Failure/Kind/invalidInput`` when the expression cannot be read.
    init(_ expression: String) throws(Failure) {
        self.expression = expression
        _ = try compiled()
    }

    /// Whether the expression matches somewhere.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` when the search takes too long.
    func matches(in text: String) async throws(Failure) -> Bool {
        let result = await withCheckedContinuation { continuation in
            // A search computes for up to half a second, which no thread of the concurrency pool may.
            DispatchQueue.global().async {
                continuation.resume(returning: Result { () throws(Failure) in try search(text) })
            }
        }
        return try result.get()
    }

    private func compiled() throws(Failure) -> NSRegularExpression {
        do {
            return try NSRegularExpression(pattern: expression, options: .anchorsMatchLines)
        } catch {
            throw Failure(.invalidInput, "Field 'output_regex' must be a regular expression, but is \"\(expression)\".")
        }
    }

    private func search(_ text: String) throws(Failure) -> Bool {
        let deadline = Self.processorTime + Self.patience
        var isFound = false
        var isLate = false
        let whole = NSRange(text.startIndex..., in: text)
        try compiled().enumerateMatches(in: text, options: .reportProgress, range: whole) { match, _, stop in
            isFound = match != nil
            isLate = !isFound && Self.processorTime > deadline
            if isFound || isLate { stop.pointee = true }
        }
        guard !isLate else {
            let time = Self.patience.written
            throw Failure(
                .invalidInput,
                "Searching for '\(expression)' took more than \(time); write it with fewer nested repetitions."
            )
        }
        return isFound
    }

    /// What the calling thread has computed so far; unlike the time of day it does not run while others compute.
    private static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
