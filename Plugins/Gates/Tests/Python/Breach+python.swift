import GateKit
import PipelineKit

extension Breach {
    /// A breach as ``PythonGuards`` writes it down, or a test that must fail and did not.
    ///
    /// - Parameter runner: What judges: `pytest`.
    init?(_ record: JSONValue, by runner: String) {
        if record["trial"]?.text == "passed" {
            self.init(.tricked, runner)
            return
        }
        guard let kind = record["breach"]?.text.flatMap(Kind.init), let what = record["what"]?.text else { return nil }
        let (line, text) = (record["line"]?.integer ?? 0, record["text"]?.text ?? "")
        self.init(kind, what, file: record["file"]?.text, line: line, text: text)
    }
}
