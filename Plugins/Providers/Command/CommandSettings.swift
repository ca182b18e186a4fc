public import PipelineKit
public import ProviderKit

/// Which program is asked, how long it may take, and what it costs.
public struct CommandSettings: PricedSettings {
    @Field("The program with its arguments: its absolute path, or a name that is looked up in PATH; no shell reads it.")
    var run: [String] = []
    @Field(
        "What it speaks: pieces of a reply; or, as an agent that works in the workspace by itself, acp, or prints, for people."
    )
    var `protocol`: ProgramProtocol = .pieces
    @Field("How an agent is answered that asks for permission; each answer is noted in the reply.")
    var permissions: AgentPermissions = .refuse
    @Field("Whether an agent runs in the sandbox of the run.") var confined: Bool = true
    @Field("Absolute path of the directory it runs in; the workspace, where a model writes, is no place for it.")
    var directory: String = "/"
    @Field(
        "Environment variables for it besides PATH, HOME, LANG and their like; 'env:NAME', 'file:/PATH' and 'stored:NAME' stand for secrets."
    )
    var env: [String: SecretText] = [:]
    @Field("Whether it takes images, in base64; without it reads a line of text for each.") var images: Bool = false
    @Field("How long it may take to begin its answer.") var firstByteTimeout: Duration = .seconds(600)
    @Field("How long it may print nothing once it has begun.") var idleTimeout: Duration = .seconds(120)
    @Field("How long a whole reply may take.") var totalTimeout: Duration = .seconds(900)
    @Field("What a million tokens read cost.") public var inputPrice: Money? = nil
    @Field("What a million tokens read from a cache cost; as much as others when nothing is said.")
    public var cachedPrice: Money? = nil
    @Field("What a million tokens written cost.") public var outputPrice: Money? = nil

    public init() {}
}

extension CommandSettings {
    /// Checks what can be said without looking anything up.
    ///
    /// - Returns: the price, when one is given.
    func checked() throws(Failure) -> Price? {
        try checkTimes([
            ("first_byte_timeout", firstByteTimeout), ("idle_timeout", idleTimeout), ("total_timeout", totalTimeout),
        ])
        if let program = run.first, program.isEmpty || program.contains("/") && !program.hasPrefix("/") {
            throw Failure(
                .invalidInput,
                "Field 'run' must begin with the absolute path of a program or with a name in PATH, but begins with '\(program)'."
            )
        }
        guard directory.hasPrefix("/") else {
            throw Failure(.invalidInput, "Field 'directory' must be an absolute path, but is '\(directory)'.")
        }
        if let name = env.keys.sorted().first(where: { $0.isEmpty || $0.contains("=") }) {
            throw Failure(.invalidInput, "Field 'env' must name environment variables, but has '\(name)'.")
        }
        return try price()
    }

    /// The variables that the program is given, with the secrets looked up.
    ///
    /// - Throws: ``Failure/Kind/missing`` for a secret that is not there.
    func environment(_ secrets: SecretResolver) throws(Failure) -> [String: String] {
        var environment: [String: String] = [:]
        for (name, value) in env.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .text(let text): environment[name] = text
            case .secret(let secret):
                guard let value = secrets(secret), !value.isEmpty else {
                    throw Failure(.missing, "The variable '\(name)' of the program needs a value: \(secret.hint).")
                }
                environment[name] = value
            }
        }
        return environment
    }

    /// The values among those that must be seen nowhere.
    func confidential(_ environment: [String: String]) -> [String] {
        env.compactMap { name, value in
            if case .secret(let secret) = value, secret.isConfidential { environment[name] } else { nil }
        }
    }
}

/// What a program is spoken with in.
public enum ProgramProtocol: String, Choice {
    /// A request, and pieces of a reply (`Docs/Guides/ModelPrograms.md`).
    case pieces
    /// The Agent Client Protocol, version 1.
    case acp
    /// Nothing but the task, on its standard input: it prints what people read, and its exit status says whether it is done.
    case prints
}

/// How an agent is answered that asks for permission.
public enum AgentPermissions: String, Choice {
    case refuse
    case allow
}
