import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// A telephone that is told when a person is asked.
struct Device: Sendable, Hashable {
    static let collection = "m.devices"
    static let most = 1_000
    static let platforms = ["ios"]

    var token: String
    var platform: String
    var createdAt: Instant

    init(token: String, platform: String, createdAt: Instant) {
        self.token = token
        self.platform = platform
        self.createdAt = createdAt
    }

    init?(_ record: StoredRecord) {
        guard let platform = record.body["platform"]?.text,
            let created = record.body["created_at"]?.integer.map(Instant.init(milliseconds:))
        else { return nil }
        self.init(token: record.id, platform: platform, createdAt: created)
    }

    var body: JSONValue { ["platform": .string(platform), "created_at": .int(createdAt.milliseconds)] }

    var json: JSONValue {
        ["token": .string(token), "platform": .string(platform), "created_at": .int(createdAt.seconds)]
    }
}

/// Devices: to register and to take out.
struct DeviceRoutes: Sendable {
    let services: Services
    let settings: M.Settings

    var routes: [Route] {
        [
            .post("/api/devices", Self.register) { request throws(HTTPError) in try await register(request) },
            .delete("/api/devices/{token}", Self.unregister) { request throws(HTTPError) in
                try await unregister(request)
            },
        ]
    }

    private static let register = RouteDescription(
        "Registers a device; one that is there already stays.",
        tag: "devices",
        body: DeviceBody.schema.jsonSchema,
        responses: [201: .init("The device.")]
    )
    private static let unregister = RouteDescription(
        "Takes a device out.",
        tag: "devices",
        responses: [204: .init("It is told nothing more.")]
    )

    private func register(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.asked(DeviceBody.self)
        guard Device.platforms.contains(body.platform) else { throw .invalid("invalid platform, must be 'ios'") }
        guard body.token.utf8.count <= 500 else { throw .invalid("token must have at most 500 bytes") }
        let device = try await asking { () async throws(ServiceError) in
            let known = try await services.documents.document(body.token, in: Device.collection)
            if let device = known.flatMap(Device.init) { return device }
            guard try await services.documents.all(in: Device.collection, most: Device.most).count < Device.most else {
                throw .invalid("There are \(Device.most) devices already; take one out first.")
            }
            let made = Device(token: body.token, platform: body.platform, createdAt: settings.now())
            try await services.documents.put(made.body, as: made.token, in: Device.collection)
            return made
        }
        return .json(device.json, status: .created)
    }

    private func unregister(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let token = request["token"]
        let wasThere = try await asking { () async throws(ServiceError) in
            try await services.documents.remove(token, from: Device.collection)
        }
        guard wasThere else { throw .noDevice }
        return HTTPResponse(.noContent)
    }
}
