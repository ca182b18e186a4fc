/// A model service.
public protocol Provider: Sendable {
    associatedtype Settings: Fields = NoFields

    static var id: ModuleID { get }
    static var summary: String { get }
    /// A model as it is named after the provider, for people to see how.
    static var example: String { get }

    /// - Throws: ``Failure/Kind/invalidInput`` when the settings cannot be. Nothing but the settings is looked at.
    init(settings: Settings) throws(Failure)

    /// What the model costs by the provider's own settings; `nil` when they say nothing.
    func price(of model: String) -> Price?

    /// Tokens that a request to the model may have together with its reply; `nil` when nobody knows.
    func window(of model: String) -> Int?

    /// Whether the vendor itself is asked, so that the vendor's list tells the price; `true` when nothing is said.
    var isAtListPrice: Bool { get }

    /// Looks whether what a request will need is here: a key, a file. Nobody is asked over the network.
    ///
    /// - Throws: ``Failure/Kind/missing`` or ``Failure/Kind/invalidInput`` with what was looked for, where, and what to
    ///   do; the same as ``reply(to:in:)`` would say.
    func check(_ model: String, secrets: SecretResolver) throws(Failure)

    /// What the model may be shown; `nil` when it takes no images, or nobody knows.
    func images(of model: String) -> ImageAllowance?

    /// Whether what is asked is a program that works in the workspace by itself, and prints what it does.
    var printsItsWork: Bool { get }

    /// Whether what works in the workspace, be it tools or the program that is asked, does so in the sandbox of the run.
    var worksConfined: Bool { get }

    /// Streams pieces to `context.emit` and returns the whole.
    ///
    /// - Throws: ``Failure`` with the service's own words. ``Failure/Kind/unavailable``,
    ///   ``Failure/Kind/rateLimited`` and ``Failure/Kind/timedOut`` are asked again by the engine.
    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply
}

extension Provider {
    public static var example: String { "model" }
    public func price(of model: String) -> Price? { nil }
    public func window(of model: String) -> Int? { nil }
    public var isAtListPrice: Bool { true }
    public func check(_ model: String, secrets: SecretResolver) throws(Failure) {}
    public func images(of model: String) -> ImageAllowance? { nil }
    public var printsItsWork: Bool { false }
    public var worksConfined: Bool { true }
}

/// What a provider may use while it asks for a reply.
public struct ProviderContext: Sendable {
    public var transport: any HTTPTransport
    public var secrets: SecretResolver
    /// Which reply of the run it is to be, from 1; `nil` outside of a run.
    public var turn: Int?
    /// Which attempt at this reply it is, from 1.
    public var attempt: Int
    /// Opens the workspace of the run with the walls of its sandbox, for a provider that starts what works there by itself;
    /// `nil` outside of a run.
    public var workspace: (@Sendable () async throws(Failure) -> Workspace)?
    /// Takes pieces of the reply as they come.
    public var emit: @Sendable (ModelPiece) -> Void
    /// Takes what a program prints while it works (``Provider/printsItsWork``), which is recorded.
    public var printed: @Sendable (_ text: String, _ isError: Bool) -> Void = { _, _ in }

    public init(
        transport: any HTTPTransport,
        secrets: @escaping SecretResolver,
        turn: Int? = nil,
        attempt: Int = 1,
        workspace: (@Sendable () async throws(Failure) -> Workspace)? = nil,
        emit: @escaping @Sendable (ModelPiece) -> Void = { _ in }
    ) {
        self.transport = transport
        self.secrets = secrets
        self.turn = turn
        self.attempt = attempt
        self.workspace = workspace
        self.emit = emit
    }
}
