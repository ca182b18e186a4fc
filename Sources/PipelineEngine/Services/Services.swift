public import PipelineKit

/// What every interface to the product (command line, HTTP, tests) calls. None reaches past it.
public struct Services: Sendable {
    public let runs: RunService
    public let approvals: ApprovalService
    public let wakeUps: WakeUps
    public let pipelines: PipelineService
    public let feed: EventFeed
    public let documents: DocumentService
    public let tokens: RunTokens
    public let registry: Registry
    /// What keeps a run from being carried on here. To ask has its secrets looked up, so that they are known to be such
    /// before a tool puts one out.
    public let readiness: Readiness
    private let keeper: RunKeeper
    let dispatcher: Dispatcher
    let sweeper: Sweeper
    private let clock: EngineClock

    /// - Parameter parts: All that the engine needs from outside.
    public init(_ parts: EngineParts) {
        let feed = EventFeed(store: parts.store, clock: parts.clock)
        let runner = EffectRunner(parts) { run, piece in feed.publish(.piece(run, piece)) }
        let keeper = RunKeeper(
            store: parts.store,
            runner: runner,
            clock: parts.clock,
            budget: parts.budget,
            owner: parts.owner
        ) { run, events in
            for event in events { feed.publish(.event(run, event)) }
        }
        let readiness = Readiness(parts.registry, secrets: parts.secrets)
        let dispatcher = Dispatcher(keeper: keeper, readiness: readiness, clock: parts.clock)
        self.readiness = readiness
        self.keeper = keeper
        self.dispatcher = dispatcher
        clock = parts.clock
        sweeper = Sweeper(store: parts.store, dispatcher: dispatcher, clock: parts.clock, owner: parts.owner)
        self.feed = feed
        registry = parts.registry
        runs = RunService(parts: parts, keeper: keeper, dispatcher: dispatcher, feed: feed)
        runner.agents.open(runs)
        approvals = ApprovalService(
            store: parts.store,
            keeper: keeper,
            dispatcher: dispatcher,
            registry: parts.registry,
            policy: parts.policy,
            feed: feed,
            redactor: parts.redactor
        )
        pipelines = PipelineService(parts)
        documents = DocumentService(store: parts.documents)
        tokens = runner.tokens
        wakeUps = WakeUps(store: parts.store, keeper: keeper, clock: parts.clock)
    }

    /// Carries runs on for as long as the body works: those that are submitted, those that are due or were left by a
    /// process that died, and those that were answered elsewhere. Followers of the feed are served meanwhile.
    ///
    /// When the body has returned nothing new begins. What is under way may end within ``ServingPolicy/grace``, and is
    /// cancelled then; all claims are given back, so that another process may take the runs up at once.
    public func serving<Value: Sendable>(
        _ policy: ServingPolicy = ServingPolicy(),
        _ body: () async -> Value
    ) async -> Value {
        await keeper.takeUpWork()
        return await withDiscardingTaskGroup { group in
            group.addTask { await feed.pump() }
            group.addTask { await sweeper.run(policy) }
            defer { group.cancelAll() }
            return await dispatching(policy, body)
        }
    }

    private func dispatching<Value: Sendable>(_ policy: ServingPolicy, _ body: () async -> Value) async -> Value {
        dispatcher.open(policy)
        return await withTaskGroup { group in
            group.addTask { await dispatcher.run(policy) }
            let value = await body()
            dispatcher.close()
            await keeper.windDown()
            group.addTask { await clock.sleep(clock.now() + policy.grace) }
            await group.next()  // the last effect, or the end of grace
            group.cancelAll()
            return value
        }
    }
}

/// All that the engine needs from outside, chosen by whoever puts the product together.
public struct EngineParts: Sendable {
    public var registry: Registry
    public var store: any EventStore
    /// Where interfaces keep what is theirs.
    public var documents: any RecordStore
    public var workspaces: any WorkspaceKeeper
    /// Confines what runs start.
    public var sandboxes: any SandboxKeeper
    public var transport: any HTTPTransport
    public var secrets: SecretResolver
    /// Knows what was looked up, and takes it out of what tools and gates put out.
    public var redactor: Redactor
    public var clock: EngineClock
    /// Absolute path of a directory for reports of checks.
    public var scratch: String
    /// What runs may spend together.
    public var budget: Budget
    public var owner: ProcessName
    /// The version of the product, recorded with each run.
    public var version: String
    /// The pipelines that come with the product.
    public var sources: PipelineSources
    /// Absolute paths of the directories that clients may name projects and pipelines in.
    public var roots: [String]
    /// What `${env.NAME}` in a pipeline of this machine stands for.
    public var environment: [String: String]
    /// From 0 up to 1, for the jitter of retries.
    public var random: @Sendable () -> Double
    public var fault: FaultPoint
    /// What the operator says of all runs; `nil` for nothing.
    public var policy: PolicyFile?
    /// What starts the programs of hooks; `nil` where none are run.
    public var hooks: (any HookRunner)?
    /// Has the last word on who plays the models of a run that does a step of another one, as a test does; it is given the way
    /// to that run from the outermost one. `nil` where everybody plays themselves.
    public var cast: (@Sendable ([StepAttempt], inout Pipeline) -> Void)?

    public init(
        registry: Registry,
        store: any EventStore,
        documents: any RecordStore = NoDocuments(),
        workspaces: any WorkspaceKeeper,
        sandboxes: any SandboxKeeper = NoSandbox(),
        transport: any HTTPTransport,
        secrets: @escaping SecretResolver,
        redactor: Redactor = Redactor(),
        clock: EngineClock = .system,
        scratch: String,
        budget: Budget = Budget(),
        owner: ProcessName = .current,
        version: String,
        sources: PipelineSources = PipelineSources(read: PipelineSources.disk),
        roots: [String] = [],
        environment: [String: String] = [:],
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        fault: FaultPoint = .none,
        policy: PolicyFile? = nil,
        hooks: (any HookRunner)? = nil,
        cast: (@Sendable ([StepAttempt], inout Pipeline) -> Void)? = nil
    ) {
        self.cast = cast
        self.hooks = hooks
        self.policy = policy
        self.registry = registry
        self.store = store
        self.documents = documents
        self.workspaces = workspaces
        self.sandboxes = sandboxes
        self.transport = transport
        self.secrets = redactor.noting(secrets)
        self.redactor = redactor
        self.clock = clock
        self.scratch = scratch
        self.budget = budget
        self.owner = owner
        self.version = version
        self.sources = sources
        self.roots = roots
        self.environment = environment
        self.random = random
        self.fault = fault
    }
}
