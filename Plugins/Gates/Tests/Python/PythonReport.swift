import GateKit
import PipelineKit
import ProcessKit

/// What a program that runs Python's tests wrote down, as far as it can be believed; see ``PythonRecords``.
struct PythonReport: Sendable {
    /// In their order.
    let records: [JSONValue]
    /// Why it is no report, as the second half of a sentence: `line 3 of what it wrote down cannot be read`.
    private(set) var problem: String?

    /// Bytes that are kept of one.
    static let limit = 64 << 20

    /// - Parameter bytes: A last line without its end is one that was being written when the process ended.
    init(_ bytes: [UInt8], key: String) {
        let key = Array("\(key) ".utf8)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        var records: [JSONValue] = []
        for (index, line) in lines.enumerated() {
            guard line.starts(with: key), let record = try? JSONValue(parsing: Array(line.dropFirst(key.count))) else {
                problem = "line \(index + 1) of what it wrote down cannot be read"
                break
            }
            if records.last?["done"] != nil {
                problem = "line \(index + 1) of what it wrote down comes after its end"
                break
            }
            records.append(record)
        }
        self.records = records
    }

    init(of finished: Finished, key: String) {
        self.init(finished.report.bytes, key: key)
        if finished.report.isCut { problem = "wrote down more than \(Self.limit) bytes" }
    }
}

/// A program of our own that runs Python's tests and writes down what becomes of them.
struct PythonProgram: Sendable {
    let command: Command
    private let key: String

    /// - Parameters:
    ///   - source: It starts in a namespace of its own, so that no module leads to what it defines.
    ///   - directory: Absolute path of where it runs.
    init(
        _ source: String,
        _ arguments: [String],
        _ python: PythonInterpreter,
        in workspace: Workspace,
        directory: String,
        timeout: Duration
    ) {
        // -I: no PYTHON* variable, no user site, no working directory on the module path. -B: no __pycache__.
        let start = "import sys; exec(compile(sys.argv.pop(1), '<string>', 'exec'), {'__name__': '__sluice__'})"
        let key = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        var command = Command(
            python.path,
            ["-I", "-B", "-X", "utf8", "-c", start, source] + arguments,
            in: workspace,
            // For the programs that tests start.
            environment: python.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 },
            input: Array("\(key)\n".utf8),
            timeout: timeout,
            limit: .runner,
            output: .merged
        )
        command.directory = directory
        command.report = PythonReport.limit
        self.command = command
        self.key = key
    }

    func report(of finished: Finished) -> PythonReport { PythonReport(of: finished, key: key) }
}

/// - Throws: ``Failure/Kind/unavailable`` with Python's words when what runs the tests could not be loaded.
func requireLoaded(_ name: String, _ isReady: Bool, _ python: PythonInterpreter, _ output: String) throws(Failure) {
    guard !isReady else { return }
    let words = output.split(separator: "\n").last.map { " \($0)" } ?? ""
    throw Failure(.unavailable, "'\(python.path)' could not load \(name):\(words)")
}
