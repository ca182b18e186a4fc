import PipelineKit

// What programs outside of a run ask and tell, as it is recorded.
extension Redactor {
    /// The document with every known value taken out of its names and texts, as it is read back from a history.
    func clean(_ json: JSONValue) -> JSONValue {
        (try? JSONValue(parsing: replacing(json).encoded())) ?? .null
    }

    private func replacing(_ json: JSONValue) -> JSONValue {
        guard !isIdle else { return json }
        switch json {
        case .string(let text): return .string(clean(text))
        case .array(let elements): return .array(elements.map(replacing))
        case .object(let members):
            return .object(Dictionary(members.map { (clean($0), replacing($1)) }) { _, last in last })
        case .int, .double:
            let text = clean(json.jsonText)
            return text == json.jsonText ? json : .string(text)
        case .null, .bool: return json
        }
    }

    /// - Throws: ``ServiceError/invalid(_:)`` with all that is wrong with it.
    func clean(_ question: OutsideQuestion) throws(ServiceError) -> OutsideQuestion {
        let form = question.form.map { ("The form", $0.schema.jsonText) }
        let names = [("The key", question.key), ("The name of the tool", question.tool)] + (form.map { [$0] } ?? [])
        let problems = question.problems + secrets(in: names)
        guard problems.isEmpty else {
            throw .invalid("The question cannot be asked. \(problems.joined(separator: " "))")
        }
        var question = question
        question.text = clean(question.text)
        question.about = clean(question.about)
        // What a form says twice, or in another order, is asked as it is read back.
        question.form = question.form.flatMap { try? InputForm(schema: $0.schema) }
        return question
    }

    /// Reports as they are recorded. A secret is found where it lies in several pieces of one stream, if they come together.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` with all that is wrong with them.
    func clean(_ reports: [OutsideReport]) throws(ServiceError) -> [OutsideReport] {
        let problems = reports.enumerated().flatMap { index, report in
            (report.problems + secrets(in: report.names)).map { "Report \(index + 1): \($0)" }
        }
        guard problems.isEmpty else { throw .invalid(problems.joined(separator: " ")) }
        return joined(reports.map(clean))
    }

    private func clean(_ report: OutsideReport) -> OutsideReport {
        switch report {
        case .output: report
        case .callBegun(let id, let tool, let input): .callBegun(id: id, tool: tool, input: clean(input))
        case .callEnded(let id, let tool, let isError, let duration, let error):
            .callEnded(
                id: id,
                tool: tool,
                isError: isError,
                duration: .milliseconds(duration.milliseconds),
                error: error.map { clean($0) }
            )
        }
    }

    /// The pieces of output without known values; what is held back of one goes with the next of its stream.
    private func joined(_ reports: [OutsideReport]) -> [OutsideReport] {
        guard !isIdle else { return reports }
        var reports = reports
        for stream in OutsideReport.Stream.allCases {
            let pieces = RedactedPieces(self)
            var last: Int?
            for (index, report) in reports.enumerated() {
                guard case .output(stream, let text) = report else { continue }
                reports[index] = .output(stream, pieces.next(text))
                last = index
            }
            if let last, case .output(_, let text) = reports[last] {
                reports[last] = .output(stream, text + pieces.end())
            }
        }
        return reports
    }

    /// A name with a secret in it would be another one, depending on what is known to be a secret.
    private func secrets(in names: [(what: String, text: String)]) -> [String] {
        names.filter { clean($0.text) != $0.text }.map { "\($0.what) has a secret in it." }
    }
}

extension OutsideReport {
    fileprivate var names: [(what: String, text: String)] {
        switch self {
        case .output: []
        case .callBegun(let id, let tool, _), .callEnded(let id, let tool, _, _, _):
            [("The id of the call", id), ("The name of the tool", tool)]
        }
    }
}
