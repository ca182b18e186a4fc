import GateKit
import PipelineKit
import ProcessKit

/// The two programs of CMake that build and test.
struct CTestPrograms: Sendable {
    let cmake: Runner
    let ctest: Runner

    init(project: String) throws(Failure) {
        cmake = try Runner("cmake", in: project, install: "apt-get install cmake")
        ctest = try Runner("ctest", in: project, install: "apt-get install cmake")
    }
}

/// What the commands of one judgement have in common.
struct CTestRun: Sendable {
    let workspace: Workspace
    /// Absolute path of the directory in which the project is built.
    let build: String
    /// Absolute path.
    let report: String
    /// Absolute path of the report of those tests that are run before all others.
    let firstReport: String
    private let programs: CTestPrograms
    private let timeout: Duration
    private let context: GateContext

    init(
        _ programs: CTestPrograms,
        _ workspace: Workspace,
        _ scratch: String,
        _ timeout: Duration,
        _ context: GateContext
    ) {
        self.programs = programs
        self.workspace = workspace
        build = "\(scratch)/build"
        report = "\(scratch)/report.xml"
        firstReport = "\(scratch)/first.xml"
        self.timeout = timeout
        self.context = context
    }

    func cmake(_ arguments: [String]) async throws(Failure) -> RunnerEnd {
        try await programs.cmake.run(
            arguments,
            in: workspace,
            environment: Self.environment,
            timeout: timeout,
            context
        )
    }

    func ctest(_ arguments: [String], output: Command.Output = .merged) async throws(Failure) -> RunnerEnd {
        try await programs.ctest.run(
            arguments,
            in: workspace,
            environment: Self.environment,
            timeout: timeout,
            limit: OutputLimit(head: 4 << 20, tail: 4 << 20),
            output: output,
            context
        )
    }

    /// Compilers translate the words by which errors are known.
    private static let environment = ["LC_ALL": "C.UTF-8"]
}
