import FoundationEssentials
import GateKit
import PipelineKit

/// What a session leaves in its scratch directory. The code under test may have written there too, so nothing of it is
/// trusted to be what it should.
struct PytestTraces: Sendable {
    /// Absolute path.
    let scratch: String

    var reportPath: String { "\(scratch)/report.xml" }

    /// Node ids of the tests that were started, in their order.
    var started: [String] { PytestNodeID.started(read(PytestBootstrap.ledger) ?? []) }

    var report: PytestSession.Report {
        guard FileManager.default.fileExists(atPath: reportPath) else { return .absent }
        guard let bytes = read("report.xml") else {
            return .broken("It is no regular file of at most \(ReportFile.limit) bytes.")
        }
        do throws(Failure) {
            return .complete(try JUnitReport(pytest: bytes))
        } catch {
            return .broken(error.message)
        }
    }

    /// - Throws: ``Failure/Kind/missing`` when the interpreter has no pytest, ``Failure/Kind/unavailable`` with
    ///   Python's words when it could not be loaded.
    func requireStart(_ python: PythonInterpreter, output: String) throws(Failure) {
        if read(PytestBootstrap.ledger) != nil { return }
        guard read(PytestBootstrap.absent) == nil else {
            throw Failure(
                .missing,
                "pytest is not installed for '\(python.path)'. "
                    + "Install it: \(python.path) -m pip install pytest"
            )
        }
        let words = output.split(separator: "\n").last.map { " \($0)" } ?? ""
        throw Failure(.unavailable, "'\(python.path)' could not load pytest:\(words)")
    }

    private func read(_ name: String) -> [UInt8]? { ReportFile.bytes(at: "\(scratch)/\(name)") }
}
