import GateKit
import PipelineKit

extension JUnitReport {
    /// What pytest wrote down about a session, in the family `xunit1`.
    ///
    /// - Throws: `.invalidInput` when the report is not one that pytest writes, saying where.
    init(pytest xml: [UInt8]) throws(Failure) {
        try self.init(xml: xml, naming: PytestNodeID.of)
        guard suites == 1 else { throw Failure(.invalidInput, "It holds \(suites) test suites; pytest writes one.") }
        // Counted from 0, and where the test begins: https://docs.pytest.org/en/stable/reference/reference.html.
        for index in cases.indices { cases[index].line = cases[index].line.map { $0 + 1 } }
    }
}
