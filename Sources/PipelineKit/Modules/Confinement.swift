/// What commands may touch, and how much they may use: the walls of a sandbox.
///
/// Everything that is not named here, or that every program needs, is absent: the home directory, keys, the database,
/// the workspaces of other runs.
public struct Confinement: Sendable, Hashable {
    /// What commands may reach beyond this machine's files.
    public enum Network: Sendable, Hashable {
        /// Nothing but what they start themselves.
        case none
        /// These hosts, by HTTP through a proxy of the engine.
        case hosts([HostPattern])
        /// Everything this machine reaches, and what listens on it.
        case all
    }

    /// Absolute paths of files and directories that commands may change.
    public var writable: [String]
    /// Absolute paths that commands may read, also below those they may change.
    public var readable: [String]
    /// Absolute paths that are absent although they lie below others.
    public var hidden: [String]
    /// Absolute paths of files that commands read in the place of others, by the paths of those.
    public var standIns: [String: String] = [:]
    /// Absolute path of the directory that commands see as `/tmp`.
    public var temporary: String
    /// Absolute path of the directory that commands see as their home.
    public var home: String
    public var network: Network
    public var limits: CommandLimits

    public init(
        writable: [String] = [],
        readable: [String] = [],
        hidden: [String] = [],
        temporary: String,
        home: String,
        network: Network = .none,
        limits: CommandLimits = CommandLimits()
    ) {
        self.writable = writable
        self.readable = readable
        self.hidden = hidden
        self.temporary = temporary
        self.home = home
        self.network = network
        self.limits = limits
    }
}
