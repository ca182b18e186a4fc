import FoundationEssentials
public import PipelineKit
import ProcessKit

/// What cargo has to be told wherever it runs.
public enum CargoEnvironment {
    /// rustup looks for its toolchains in the home directory, and that of a sandbox is empty.
    public static var variables: [String: String] {
        let home = Environment.minimal["HOME"].map { ["RUSTUP_HOME": "\($0)/.rustup"] } ?? [:]
        let own = home.filter { FileManager.default.fileExists(atPath: $0.value) }
        return own.merging(Environment.passing(["RUSTUP_HOME"])) { $1 }.merging(
            ["RUST_BACKTRACE": "0", "CARGO_TERM_PROGRESS_WHEN": "never"]
        ) { $1 }
    }
}

extension Runner {
    /// - Throws: ``PipelineKit/Failure/Kind/missing`` with how to install it.
    public static func cargo(named setting: String?, in project: String) throws(Failure) -> Runner {
        try Runner("cargo", named: setting, in: project, install: "https://rustup.rs or apt-get install cargo")
    }
}

extension Verdict {
    /// Of a project that cargo could not build, as it said with `--message-format=json`, its streams apart.
    ///
    /// - Parameter path: Makes a path relative to the workspace.
    public static func unbuilt(_ built: RunnerEnd, path: (String) -> String) -> Verdict {
        var end = built
        end.finished.output = built.finished.errors
        let errors = CargoMessages.errors(in: built.output, path: path)
        return .broken(errors.isEmpty ? CargoMessages.complaints(in: end.output) : errors, end: end)
    }
}
