import GateKit
import PipelineKit

/// What an answer must be.
struct AnswerCheck: Sendable {
    var status: Int
    var headers: [String: String] = [:]
    var json: JSONValue?
    var text: String?
    var pattern: Pattern?
    /// Milliseconds from the beginning of the request to the end of the answer.
    var maxMs: Double?

    init(status: Int) { self.status = status }

    /// What is not as it must be, each as a sentence; none for an answer that holds.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` when a search for the pattern takes too long.
    func misses(in answer: HTTPAnswer) async throws(Failure) -> [String] {
        var misses: [String] = []
        if answer.status != status { misses.append("The status is \(answer.status), not \(status).") }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            guard let found = answer.headers[name.lowercased()] else {
                misses.append("The header '\(name)' is missing.")
                continue
            }
            // A type may have parameters: `application/json; charset=utf-8`.
            if found != value, !found.hasPrefix("\(value);") {
                misses.append("The header '\(name)' is '\(found.capped(to: 200))', not '\(value)'.")
            }
        }
        misses += try await bodyMisses(answer.body)
        if let maxMs, answer.seconds * 1_000 > maxMs {
            misses.append("It took \(Self.written(answer.seconds * 1_000)) ms, not at most \(Self.written(maxMs)) ms.")
        }
        return misses
    }

    private func bodyMisses(_ body: [UInt8]) async throws(Failure) -> [String] {
        var misses: [String] = []
        if let json {
            do throws(JSONError) {
                misses += JSONSubset.misses(of: json, in: try JSONValue(parsing: body))
            } catch {
                misses.append("The body cannot be read: \(error)")
            }
        }
        let words = String(decoding: body, as: UTF8.self)
        if let text, !words.contains(text) { misses.append("The body does not hold '\(text)'.") }
        if let pattern, try await !pattern.matches(in: words) {
            misses.append("Nothing in the body matches '\(pattern.expression)'.")
        }
        return misses
    }

    /// The beginning of a body, for who has to find out why.
    static func shown(_ body: [UInt8]) -> String {
        guard !body.isEmpty else { return "The body is empty." }
        return "The body: \(String(decoding: body.prefix(4_000), as: UTF8.self).capped(to: 1_000))"
    }

    /// `130`, `12.5`.
    private static func written(_ number: Double) -> String {
        let tenths = (number * 10).rounded() / 10
        return tenths == tenths.rounded() && abs(tenths) < 1e15 ? "\(Int(tenths))" : "\(tenths)"
    }
}
