public import PipelineKit

/// Reads a page of the web.
public struct WebFetchTool: Tool {
    public static let id: ModuleID = "web_fetch"
    public static let summary =
        "Reads a page of the web: HTML as readable text, JSON and text as they are, or an image."
    public static let example: JSONValue = ["url": "https://docs.python.org/3/library/json.html"]
    public static let exampleSettings: JSONValue = ["hosts": ["docs.python.org"]]
    public static let reach: Set<Reach> = [.reads, .network]

    public struct Settings: Fields {
        @Field("Hosts that may be asked: docs.example.com, *.example.com, example.com:8443; without one, none is.")
        var hosts: [HostPattern] = []
        @Field("Those of the hosts that may be at private addresses or on this machine: localhost:8080.")
        var allowPrivate: [HostPattern] = []
        @Field("How much of a page is read.") var maxBytes = ByteCount(bytes: 2_000_000)
        @Field("How long a call may take, redirects included.") var timeout: Duration = .seconds(30)
        public init() {}
    }

    public struct Arguments: Fields {
        @Field("The URL, with http or https.") var url: String
        @Field("First character of the text to return, counted from 1; an answer says where to go on.") var start = 1
        @Field("Whether to return HTML as it was sent, and not as text.") var raw = false
        public init() {}
    }

    private let request: PageRequest

    public init(settings: Settings) throws(Failure) {
        try WebLimits.check(timeout: settings.timeout)
        guard 1_000...20_000_000 ~= settings.maxBytes.bytes else {
            let given = settings.maxBytes
            throw Failure(.invalidInput, "Field 'max_bytes' must be from '1 kB' to '20 MB', but is '\(given)'.")
        }
        request = PageRequest(
            hosts: settings.hosts,
            privateHosts: settings.allowPrivate,
            mostBytes: settings.maxBytes.bytes,
            timeout: settings.timeout
        )
    }

    /// A URL that is refused without a request touches nothing.
    public func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope {
        CallScope((try? address(arguments)) == nil ? [.reads] : Self.reach)
    }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        guard arguments.start >= 1 else {
            throw Failure(.invalidInput, "Field 'start' must be at least 1, but is \(arguments.start).")
        }
        let answer = try await request.send(to: address(arguments), by: context.transport)
        return try Page(answer, asked: arguments.url, at: context.now()).output(
            from: arguments.start,
            raw: arguments.raw
        )
    }

    private func address(_ arguments: Arguments) throws(Failure) -> WebAddress {
        let address = try WebAddress(arguments.url)
        guard !request.hosts.isEmpty else {
            throw Failure(
                .denied,
                "No host may be asked. The pipeline says which: 'tools: with: web_fetch: { hosts: [\(address.place)] }'."
            )
        }
        try request.check(address)
        return address
    }
}

/// What both tools of the web are bound by.
enum WebLimits {
    /// - Throws: ``Failure/Kind/invalidInput`` for no time at all, and for more than ten minutes.
    static func check(timeout: Duration) throws(Failure) {
        guard timeout > .zero, timeout <= .seconds(600) else {
            throw Failure(
                .invalidInput,
                "Field 'timeout' must be more than '0s' and at most '10m', but is '\(timeout.written)'."
            )
        }
    }
}
