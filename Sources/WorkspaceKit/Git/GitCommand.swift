public import PipelineKit
public import ProcessKit

/// A call of git that obeys nobody but its caller.
///
/// No configuration of the machine or of the person is read, no hook and no file system monitor is run, nothing is
/// asked on a terminal and nothing is fetched; git(1), git-config(1). What the repository itself configures is read
/// when the call is about that repository.
public enum GitCommand {
    /// What keeps git from running programs or reading what other people wrote, as variables.
    static let environment = [
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_PROTOCOL_FROM_USER": "0",
        "LC_ALL": "C",
    ]

    /// The same as settings, which win over those of a repository.
    ///
    /// `safe.directory`: the engine may run as another person than the owner of the project, as in a container, and
    /// what that guards against is switched off here anyway.
    static let settings = [
        "safe.directory=*", "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null",
        "core.sshCommand=false", "core.askPass=", "credential.helper=", "protocol.allow=never", "gc.auto=0",
        "maintenance.auto=false", "core.quotePath=false", "advice.addEmbeddedRepo=false", "diff.external=",
    ]

    /// A call of git.
    ///
    /// - Parameters:
    ///   - directory: Absolute path; git looks for the repository from there unless the environment names one.
    ///   - limit: Bytes of standard output that are kept.
    /// - Throws: ``PipelineKit/Failure/Kind/missing`` when git is not installed.
    public static func make(
        _ arguments: [String],
        in directory: String,
        environment extra: [String: String] = [:],
        input: [UInt8] = [],
        limit: OutputLimit = .standard
    ) throws(Failure) -> Command {
        guard let git = Programs.find("git") else {
            throw Failure(
                .missing,
                "The program 'git' is not installed, and snapshots are kept with it. Install it: apt-get install git"
            )
        }
        return Command(
            git,
            settings.flatMap { ["-c", $0] } + arguments,
            in: directory,
            environment: environment.merging(extra) { $1 },
            input: input,
            timeout: .seconds(600),
            limit: limit
        )
    }
}
