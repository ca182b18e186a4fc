import PipelineKit

/// `sluice version`.
enum VersionCommand: Subcommand {
    static let name = "version"
    static let summary = "Prints the version."

    static func run(_ options: NoFields, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        Output.line("sluice \(Version.number)")
        return .achieved
    }
}
