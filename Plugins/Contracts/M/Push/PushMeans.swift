public import PipelineEngine
public import PipelineKit

extension M {
    /// What telling people takes.
    public struct PushMeans: Sendable {
        public var settings: PushSettings
        public var transport: any HTTPTransport
        public var secrets: SecretResolver
        public var clock: EngineClock
        /// Takes what could not be told, as the members of a line of a log.
        public var log: @Sendable ([String: JSONValue]) -> Void

        public init(
            _ settings: PushSettings,
            transport: any HTTPTransport,
            secrets: @escaping SecretResolver,
            clock: EngineClock = .system,
            log: @escaping @Sendable ([String: JSONValue]) -> Void = { _ in }
        ) {
            self.settings = settings
            self.transport = transport
            self.secrets = secrets
            self.clock = clock
            self.log = log
        }

        /// What is wrong with the secrets, each in a sentence without them; they are looked up for it.
        public var problems: [String] {
            var found: [String] = []
            func expect(_ check: () throws(Failure) -> Void) {
                do throws(Failure) { try check() } catch { found.append(error.message) }
            }
            if let apns = settings.apns {
                expect { () throws(Failure) in
                    _ = try ProviderTokens(apns, secrets: secrets, now: clock.now).token()
                }
            }
            if let token = settings.ntfy?.token, secrets(token) == nil {
                found.append("There is no token for ntfy: \(token.hint).")
            }
            if let webhook = settings.webhook {
                expect { () throws(Failure) in _ = try WebhookKey(of: webhook.secret, secrets) }
            }
            return found
        }
    }
}

extension M.PushMeans {
    /// Who tells the people of a server.
    func desk(_ services: Services) -> PushDesk {
        let apns = settings.apns.map { APNsService($0, self) }
        var others: [any PushChannel] = []
        if let ntfy = settings.ntfy { others.append(NtfyChannel(ntfy, self)) }
        if let webhook = settings.webhook { others.append(WebhookChannel(webhook, self)) }
        return PushDesk(
            OpenQuestions(services.approvals),
            documents: services.documents,
            channels: { [others] () async throws(ServiceError) in
                guard let apns else { return others }
                let devices = try await services.documents.all(in: Device.collection, most: Device.most)
                return others + devices.map { APNsChannel(service: apns, token: $0.id) }
            },
            clock: clock,
            log: log
        )
    }
}
