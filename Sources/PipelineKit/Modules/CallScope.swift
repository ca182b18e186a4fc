/// What one call may touch, as its arguments tell beforehand.
public struct CallScope: Sendable, Hashable {
    /// At most what the tool may touch.
    public var reach: Set<Reach>
    /// The command line among the arguments, when there is one.
    public var line: ProposedLine?

    public init(_ reach: Set<Reach>, line: ProposedLine? = nil) {
        self.reach = reach
        self.line = line
    }
}

/// A command line that a call is to run, as far as it is known before it runs.
public struct ProposedLine: Sendable, Hashable {
    /// One of its commands; also a redirection that writes or reads elsewhere, and an assignment that changes what
    /// programs do.
    public struct Command: Sendable, Hashable {
        /// The words with a space between them, quoted where they must be: `git commit -m 'Add it'`.
        public var text: String
        /// The command that it starts, and nothing besides: `git status` for `timeout 5 git status`.
        public var alone: String?
        /// Other commands that it may start: what follows `sudo`, what stands in `bash -c '...'`.
        public var inner: [String]
        public var reach: Set<Reach>

        public init(_ text: String, alone: String? = nil, inner: [String] = [], reach: Set<Reach>) {
            self.text = text
            self.alone = alone
            self.inner = inner
            self.reach = reach
        }
    }

    /// The argument that it stands in.
    public var argument: String
    /// In the order they are written, those in substitutions included.
    public var commands: [Command]
    /// Whether ``commands`` are all that may run.
    public var isKnown: Bool

    public init(argument: String, commands: [Command], isKnown: Bool) {
        self.argument = argument
        self.commands = commands
        self.isKnown = isKnown
    }
}
