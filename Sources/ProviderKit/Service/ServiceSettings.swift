public import PipelineKit

/// What can be set of every service that is reached over HTTP; a provider declares each as a ``Field``.
public protocol ServiceSettings: PricedSettings {
    /// Where the service is; `nil` for the vendor's own.
    var baseUrl: String? { get }
    /// `nil` for the usual place, ``ServiceDefaults/key``.
    var key: Secret? { get }
    /// Sent with every request, by name.
    var headers: [String: SecretText] { get }
    var connectTimeout: Duration { get }
    /// Until the answer begins.
    var firstByteTimeout: Duration { get }
    /// Between two pieces of the answer.
    var idleTimeout: Duration { get }
    var totalTimeout: Duration { get }
}

/// What holds of a vendor where the settings say nothing.
public struct ServiceDefaults: Sendable {
    /// The vendor's own service.
    public var address: ServiceAddress
    /// `OPENAI_BASE_URL`, which counts before ``address``.
    public var baseURL: Secret
    /// `OPENAI_API_KEY`.
    public var key: Secret
    /// `stored:openai`, which counts after ``key``, and for the vendor's own service only: it was not given together with
    /// ``baseURL``, as the variable was.
    public var storedKey: Secret

    public init(address: ServiceAddress, baseURL: Secret, key: Secret, storedKey: Secret) {
        self.address = address
        self.baseURL = baseURL
        self.key = key
        self.storedKey = storedKey
    }
}

extension ServiceSettings {
    /// Checks what can be said without looking anything up.
    ///
    /// - Returns: the price, when one is given.
    /// - Throws: ``Failure/Kind/invalidInput`` for an address that is none, a time of no length, or half a price, as costs
    ///   counted with it would be wrong.
    public func checked() throws(Failure) -> Price? {
        if let baseUrl { _ = try ServiceAddress(baseUrl) }
        try checkTimes([
            ("connect_timeout", connectTimeout), ("first_byte_timeout", firstByteTimeout),
            ("idle_timeout", idleTimeout), ("total_timeout", totalTimeout),
        ])
        return try price()
    }

    /// Where requests go: the settings count before the environment, and the vendor's own service is what remains.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` for an address that is none.
    public func address(_ defaults: ServiceDefaults, _ secrets: SecretResolver) throws(Failure) -> ServiceAddress {
        if let baseUrl { return try ServiceAddress(baseUrl) }
        guard let url = secrets(defaults.baseURL), !url.isEmpty else { return defaults.address }
        do throws(Failure) { return try ServiceAddress(url) } catch {
            throw Failure(.invalidInput, "The variable \(defaults.baseURL.name) is wrong. \(error.message)")
        }
    }

    /// The service at an address, with everything that has to be looked up for it.
    ///
    /// - Throws: ``Failure/Kind/missing`` when it needs a key and there is none, or a header has no value.
    public func service<Speech: Dialect>(
        at address: ServiceAddress,
        speaking dialect: Speech,
        _ defaults: ServiceDefaults,
        _ secrets: SecretResolver
    ) throws(Failure) -> ModelService<Speech> {
        ModelService(
            baseURL: address.baseURL,
            key: try key(for: address, defaults, secrets),
            headers: try sentHeaders(secrets),
            timeouts: .init(
                connect: connectTimeout,
                firstByte: firstByteTimeout,
                idle: idleTimeout,
                total: totalTimeout
            ),
            speaking: dialect
        )
    }

    /// The key that the settings name. Where they name none it is the vendor's, unless they name another service: a
    /// pipeline that somebody else wrote must not send the key anywhere by its base URL alone.
    private func key(
        for address: ServiceAddress,
        _ defaults: ServiceDefaults,
        _ secrets: SecretResolver
    ) throws(Failure) -> ServiceKey? {
        let isVendor = address.host == defaults.address.host
        if key == nil, baseUrl != nil, !isVendor { return nil }
        let places = key.map { [$0] } ?? (isVendor ? [defaults.key, defaults.storedKey] : [defaults.key])
        if let key = ServiceKey(first: places, secrets) { return key }
        guard key != nil || isVendor else { return nil }
        let hints = places.map(\.hint).joined(separator: ", or ")
        throw Failure(.missing, "There is no key for '\(address.host)': \(hints).")
    }

    private func sentHeaders(_ secrets: SecretResolver) throws(Failure) -> [TransportRequest.Header] {
        var sent: [TransportRequest.Header] = []
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .text(let text): sent.append(.init(name, text))
            case .secret(let secret):
                guard let value = secrets(secret), !value.isEmpty else {
                    throw Failure(.missing, "The header '\(name)' needs a value: \(secret.hint).")
                }
                sent.append(.init(name, value))
            }
        }
        return sent
    }
}
