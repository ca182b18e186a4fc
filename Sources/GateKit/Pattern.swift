import CPattern
public import PipelineKit

/// A regular expression somebody wrote, searched for within a bound.
///
/// PCRE2's expressions, as Swift's own cannot be interrupted: `(a+)+$` takes time exponential in the length of the text.
public struct Pattern: Sendable {
    public let expression: String
    /// The setting that says it.
    private let field: String

    /// How much processor time a search may take; two megabytes take a tenth of it.
    private static let patience: Duration = .milliseconds(500)

    /// - Parameter field: The setting that says it, for messages.
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when the expression cannot be read,
    ///   ``PipelineKit/Failure/Kind/missing`` without the library.
    public init(_ expression: String, of field: String = "output_regex") throws(Failure) {
        self.expression = expression
        self.field = field
        if let problem = sluice_pattern_open() {
            let words = String(cString: problem)
            throw Failure(.missing, "libpcre2-8.so.0 cannot be used: \(words); install libpcre2-8-0.")
        }
        _ = try search("")
    }

    /// Whether the expression matches somewhere.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when the search takes too long.
    public func matches(in text: String) async throws(Failure) -> Bool {
        // A search computes for up to half a second, which no thread of the concurrency pool may.
        try await BlockingThread.run { () throws(Failure) in try search(text) }
    }

    private func search(_ text: String) throws(Failure) -> Bool {
        var text = text
        let words = Array(expression.utf8)
        let nanoseconds = Int64(Self.patience / .nanoseconds(1))
        let result = text.withUTF8 { bytes in
            sluice_pattern_search(words, words.count, bytes.baseAddress, bytes.count, nanoseconds)
        }
        switch Int(result) {
        case SLUICE_PATTERN_FOUND: return true
        case SLUICE_PATTERN_ABSENT: return false
        case SLUICE_PATTERN_LATE: throw late
        default:
            throw Failure(.invalidInput, "Field '\(field)' must be a regular expression, but is \"\(expression)\".")
        }
    }

    private var late: Failure {
        Failure(
            .invalidInput,
            "Searching for '\(expression)' took more than \(Self.patience.written); "
                + "write it with fewer nested repetitions."
        )
    }
}
