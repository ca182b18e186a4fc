import FoundationEssentials
import PipelineKit

/// Where Sluice keeps things: options over environment over the standards of the system.
struct Configuration: Sendable {
    /// Directory for the database, worktrees and snapshots.
    var stateDirectory: String
    var database: String
    /// The model to use when neither the command nor the pipeline names one.
    var model: String?
    /// The person's own list of prices; `nil` when there is none.
    var prices: String?
    /// What all runs together may spend on a day, as it is written.
    var costPerDay: String?
    /// The least that runs have of a sandbox, as it is written.
    var sandbox: String?
    /// The operator's policy; `nil` when there is none.
    var policy: String?

    /// `SLUICE_STATE`, `SLUICE_DB`, `SLUICE_MODEL`, `SLUICE_PRICES`, `SLUICE_POLICY`, `SLUICE_COST_PER_DAY`,
    /// `SLUICE_SANDBOX`; else the XDG base directory (basedir-spec 0.8).
    init(environment: [String: String], home: String) {
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.local/state"
        stateDirectory = absolute(environment["SLUICE_STATE"] ?? "\(state)/sluice")
        database = absolute(environment["SLUICE_DB"] ?? "\(stateDirectory)/sluice.db")
        model = environment["SLUICE_MODEL"]
        costPerDay = environment["SLUICE_COST_PER_DAY"]
        sandbox = environment["SLUICE_SANDBOX"]
        let config = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.config"
        func own(_ name: String, _ variable: String) -> String? {
            let usual = "\(config)/sluice/\(name)"
            return environment[variable].map(absolute) ?? (FileManager.default.fileExists(atPath: usual) ? usual : nil)
        }
        prices = own("prices.yaml", "SLUICE_PRICES")
        policy = own("policy.yaml", "SLUICE_POLICY")
    }
}

/// Of the person who calls: HOME, else what passwd(5) says.
var homeDirectory: String { FileManager.default.homeDirectoryForCurrentUser.path(percentEncoded: false).trimmingSlash }

/// The path from the root, without `.` and `..`.
func absolute(_ path: String) -> String {
    let base = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    let expanded = path.hasPrefix("~/") ? homeDirectory + path.dropFirst() : path
    return URL(filePath: expanded, relativeTo: base).standardizedFileURL.path(percentEncoded: false).trimmingSlash
}

extension String {
    fileprivate var trimmingSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
