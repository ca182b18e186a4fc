import PipelineEngine
import PipelineKit

/// `sluice report`: the evidence of a check, for people and for other tools.
enum ReportCommand: Subcommand {
    struct Options: Fields {
        @Field("Write JUnit XML to a file; '-' is standard output.") var junit: String? = nil
        @Field("Write SARIF to a file; '-' is standard output.") var sarif: String? = nil
        @Field("Write Markdown to a file; '-' is standard output, as without any of the three.")
        var markdown: String? = nil
        @Field("The check after this iteration, 0 for the one at the start; else the last.") var check: Int? = nil
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "report"
    static let summary = "Writes what a check of the goal found as Markdown, JUnit XML or SARIF."
    static let operands = [Operand.run]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db)
        let run = try await session.run(operands, services)
        let report = try await asking { () throws(ServiceError) in
            try await services.runs.report(of: run, after: options.check)
        }
        if let path = options.junit { try OutputFile.write(report.junit, to: path, "The report") }
        if let path = options.sarif {
            let text = String(decoding: report.sarif.encoded(.pretty), as: UTF8.self)
            try OutputFile.write(text + "\n", to: path, "The report")
        }
        let isAlone = options.junit == nil && options.sarif == nil
        if let path = options.markdown ?? (isAlone ? "-" : nil) {
            try OutputFile.write(report.markdown, to: path, "The report")
        }
        return .achieved
    }
}
