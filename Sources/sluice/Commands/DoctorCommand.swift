import FoundationEssentials
import PipelineEngine
import PipelineKit
import ProcessKit
import WorkspaceKit

/// `sluice doctor`: whether what Sluice needs is here, tried for real.
enum DoctorCommand: Subcommand {
    struct Options: Fields {
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "doctor"
    static let summary = "Tries what Sluice needs on this machine, and says what to install."

    private enum Finding {
        case good(String)
        /// Something works less well.
        case weak(String)
        case bad(String)
    }

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let findings = [
            (
                "git",
                await program(
                    "git",
                    ["--version"],
                    need: "Runs need it for snapshots and diffs. Install it: apt-get install git"
                )
            ),
            ("python", await python()),
            (
                "ripgrep",
                await program("rg", ["--version"], optional: "Searches are slower without it: apt-get install ripgrep")
            ),
            ("sandbox", await sandbox(session)),
            ("database", await database(session, options.db)),
            ("model", model(session)),
            ("policy", policy(session)),
        ]
        for (name, finding) in findings {
            switch finding {
            case .good(let text): Output.line("\(Style.green("ok  "))  \(name.padded(to: 10))  \(text)")
            case .weak(let text): Output.line("\(Style.yellow("note"))  \(name.padded(to: 10))  \(text)")
            case .bad(let text): Output.line("\(Style.red("no  "))  \(name.padded(to: 10))  \(text)")
            }
        }
        let isWell = findings.allSatisfy { if case .bad = $0.1 { false } else { true } }
        return isWell ? .achieved : .notAchieved
    }

    private static func program(_ name: String, _ arguments: [String], need: String = "", optional: String = "") async
        -> Finding
    {
        do throws(Failure) {
            let finished = try await ProcessKit.run(ProcessKit.Command(name, arguments, in: "/", timeout: .seconds(10)))
            guard finished.status == 0 else {
                return .bad("'\(name)' exits with \(finished.status): \(finished.errors.text)")
            }
            return .good(finished.output.text.split(separator: "\n").first.map(String.init) ?? name)
        } catch {
            return need.isEmpty ? .weak("\(error.message) \(optional)") : .bad("\(error.message) \(need)")
        }
    }

    private static func python() async -> Finding {
        let question = "import sys, pytest; print('Python', sys.version.split()[0] + ',', 'pytest', pytest.__version__)"
        let found = await program(
            "python3",
            ["-c", question],
            optional: "The gate 'pytest' needs it: apt-get install python3-pytest"
        )
        guard case .bad = found else { return found }
        return .weak(
            """
            Python has no pytest. The gate 'pytest' needs it in the project's environment: python3 -m pip install \
            pytest
            """
        )
    }

    /// Whether a command runs in a sandbox; pipelines that require one do not start without.
    private static func sandbox(_ session: Session) async -> Finding {
        do throws(Failure) {
            try await session.sandboxes(nil).check()
            return .good("commands can be confined")
        } catch {
            return .weak(error.message)
        }
    }

    private static func database(_ session: Session, _ path: String?) async -> Finding {
        do throws(CommandError) {
            let services = try session.services(path)
            let runs = try await asking { () throws(ServiceError) in try await services.runs.list(RunQuery(limit: 1)) }
            return .good("\(path.map(absolute) ?? session.configuration.database)\(runs.isEmpty ? ", no run yet" : "")")
        } catch {
            return .bad(error.message)
        }
    }

    private static func policy(_ session: Session) -> Finding {
        guard let path = session.configuration.policy else { return .good("none; pipelines alone say what is allowed") }
        do throws(CommandError) { try session.expectPolicy(path) } catch { return .bad(error.message) }
        return .good(path)
    }

    /// Whether the model that runs would ask has what it needs: the configured one, or the one of the examples.
    private static func model(_ session: Session) -> Finding {
        let text = session.configuration.model ?? Help.exampleModel
        guard let models = ModelChain(text) else {
            return .bad("SLUICE_MODEL must be a model such as '\(Help.exampleModel)', but is '\(text)'.")
        }
        do throws(Failure) {
            for name in models.names { try session.readiness.check(name) }
            return .good("'\(models)' has what it needs; nobody asked it yet")
        } catch {
            return .weak(error.message)
        }
    }
}
