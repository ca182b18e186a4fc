import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// The runs of one project, and what clients may do with them.
struct Desk: Sendable {
    let services: Services
    let door: NativeDoor
    let settings: MCPSettings

    /// What clients may call, in the order it is listed.
    var tools: [ServedTool] {
        let all =
            ReadTools(desk: self).tools + [WatchTool(desk: self).tool] + RunTools(desk: self).tools
            + AnswerTool(desk: self).tools
        return settings.isReadOnly ? all.filter { $0.effect == .reads } : all
    }

    /// The row of a run of this project.
    ///
    /// - Throws: 404 for runs of other projects too: whoever drives the client here has no business there.
    func row(of run: String) async throws(HTTPError) -> RunSummary {
        let name = RunID(run)
        let row = try await asking { () async throws(ServiceError) in try await services.runs.summary(of: name) }
        guard let row, isHere(row.project) else {
            throw HTTPError(
                .notFound,
                "There is no run '\(run.shortened(to: 80))' of this project. 'list_runs' names them.",
                code: "no_such_run"
            )
        }
        return row
    }

    func isHere(_ project: String) -> Bool {
        project == settings.directory || project.hasPrefix(settings.directory + "/")
    }

    /// Who is recorded as having asked for something: the client, on behalf of whoever started this program.
    func asker(_ caller: ToolCaller) -> String { "MCP client '\(caller.name)' of \(settings.person)" }
}

extension String {
    /// No more than so many characters of a text from outside, on one line.
    func shortened(to most: Int) -> String {
        let line = String(map { $0.isNewline ? " " : $0 })
        return line.count > most ? line.prefix(most) + "…" : line
    }
}
