import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

extension Services {
    /// The row of the run that a path names.
    ///
    /// - Throws: 404.
    func row(_ request: HTTPRequest) async throws(HTTPError) -> RunSummary {
        try await row(of: RunID(request["run"]))
    }

    func row(of run: RunID) async throws(HTTPError) -> RunSummary {
        let row = try await asking { () async throws(ServiceError) in try await runs.summary(of: run) }
        guard let row else { throw HTTPError(.noSuchRun(run)) }
        return row
    }

    /// The run that a path names, as it is recorded now.
    func state(_ request: HTTPRequest) async throws(HTTPError) -> RunState {
        let run = RunID(request["run"])
        return try await asking { () async throws(ServiceError) in try await runs.state(of: run) }
    }

    /// Does something to the run that a path names.
    ///
    /// - Returns: its row after that.
    func doing(
        to request: HTTPRequest,
        _ act: (RunID) async throws(ServiceError) -> Void
    ) async throws(HTTPError) -> HTTPResponse {
        let run = try await row(request).run
        try await asking { () async throws(ServiceError) in try await act(run) }
        return .json(try await row(request).json)
    }
}
