public import PipelineKit

extension Command {
    /// A command for a workspace: in its root unless another directory is named, and in its sandbox.
    public init(
        _ program: String,
        _ arguments: [String] = [],
        in workspace: Workspace,
        environment: [String: String] = [:],
        input: [UInt8] = [],
        timeout: Duration = .seconds(120),
        limit: OutputLimit = .standard,
        output: Output = .separate
    ) {
        self.init(
            program,
            arguments,
            in: workspace.path,
            environment: environment,
            input: input,
            timeout: timeout,
            limit: limit,
            output: output
        )
        confinement = workspace.confinement
    }

    /// A command line for /bin/sh in a workspace, its two streams merged.
    public static func shell(
        _ line: String,
        in workspace: Workspace,
        environment: [String: String] = [:],
        timeout: Duration = .seconds(120),
        limit: OutputLimit = .standard
    ) -> Command {
        Command(
            "/bin/sh",
            ["-c", line],
            in: workspace,
            environment: environment,
            timeout: timeout,
            limit: limit,
            output: .merged
        )
    }
}
