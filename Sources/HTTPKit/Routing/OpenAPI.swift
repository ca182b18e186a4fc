public import PipelineKit

/// The description of an interface that programs read: OpenAPI 3.1, made from its table of routes.
///
/// <https://spec.openapis.org/oas/v3.1.0>
public struct OpenAPI: Sendable {
    public var title: String
    public var version: String
    /// What needs no key.
    public var open: OpenPaths
    /// Schemas that others refer to as `#/components/schemas/NAME`.
    public var schemas: [String: JSONValue]
    /// The schema of an error's body, and its type.
    public var error: (schema: JSONValue, type: String)

    public init(
        title: String,
        version: String,
        open: OpenPaths = OpenPaths(),
        schemas: [String: JSONValue] = [:],
        error: (schema: JSONValue, type: String) = (OpenAPI.problem, "application/problem+json")
    ) {
        self.title = title
        self.version = version
        self.open = open
        self.schemas = schemas
        self.error = error
    }

    /// RFC 9457, section 3.1, with the members that ``HTTPError`` brings.
    public static let problem: JSONValue = [
        "type": "object",
        "required": ["title", "status"],
        "properties": [
            "type": ["type": "string", "format": "uri-reference"],
            "title": ["type": "string"],
            "status": ["type": "integer"],
            "detail": ["type": "string", "description": "One sentence for a person."],
            "code": ["type": "string", "description": "What makes the error one of its kind for programs."],
            "errors": [
                "type": "array", "items": ["type": "string"],
                "description": "Every single mistake, where there are several.",
            ],
        ],
    ]

    /// What the description would leave out: `Route GET /health has no description.`
    public static func gaps(in routes: [Route]) -> [String] {
        routes.compactMap { route in
            let name = "Route \(route.method) \(route.pattern.text)"
            guard let description = route.description else { return "\(name) has no description." }
            if case .immediate = route.handler { return nil }
            guard route.hasResponse else { return nil }
            let succeeds = description.responses.keys.contains { $0 < 400 }
            return succeeds ? nil : "\(name) does not say what it answers."
        }
    }

    /// The whole document. A route without a description is in it with its path alone; see ``gaps(in:)``.
    public func document(of routes: [Route]) -> JSONValue {
        var paths = Paths()
        for route in routes { paths.add(route, operation(for: route)) }
        var components = schemas
        components["Error"] = error.schema
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": .string(version)],
            "paths": .object(paths.items.mapValues(JSONValue.object)),
            "components": [
                "schemas": .object(components),
                "responses": ["Error": content("What went wrong.", error.type, ["$ref": "#/components/schemas/Error"])],
                "securitySchemes": Self.securitySchemes,
            ],
            "security": [["bearer": []], ["key": []]],
        ]
    }

    private static let securitySchemes: JSONValue = [
        "bearer": ["type": "http", "scheme": "bearer"],
        "key": ["type": "apiKey", "in": "header", "name": "X-API-Key"],
        "ticket": [
            "type": "apiKey", "in": "query", "name": "ticket",
            "description": "Good once and for 30 seconds, for a browser's WebSocket or EventSource.",
        ],
    ]

    private func operation(for route: Route) -> [String: JSONValue] {
        var operation: [String: JSONValue] = ["responses": responses(of: route)]
        if let description = route.description {
            operation["summary"] = .string(description.summary)
            operation["tags"] = [.string(description.tag)]
            let query = description.query.map(Self.parameter)
            operation["parameters"] = query.isEmpty ? nil : .array(query)
            operation["requestBody"] = description.body.map(Self.body)
        }
        if open.contains(route.method, route.pattern.segments) {
            operation["security"] = []
        } else if route.hasStream {
            operation["security"] = [["bearer": []], ["key": []], ["ticket": []]]
        }
        return operation
    }

    private static func parameter(_ parameter: RouteDescription.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": "query", "description": .string(parameter.help),
            "schema": parameter.schema,
        ]
    }

    private static func body(_ schema: JSONValue) -> JSONValue {
        let isNeeded = !(schema["required"]?.elements ?? []).isEmpty
        return ["required": .bool(isNeeded), "content": ["application/json": ["schema": schema]]]
    }

    private func responses(of route: Route) -> JSONValue {
        var responses: [String: JSONValue] = ["default": ["$ref": "#/components/responses/Error"]]
        switch route.handler {
        case .webSocket, .webSocketOr: responses["101"] = ["description": "A WebSocket (RFC 6455)."]
        case .events: responses["200"] = content("Server-sent events.", "text/event-stream", ["type": "string"])
        case .immediate, .response: break
        }
        for (status, response) in route.description?.responses ?? [:] {
            let isBodiless = HTTPStatus(status).isBodiless
            let type =
                isBodiless ? nil : response.schema != nil || response.type != "application/json" ? response.type : nil
            responses["\(status)"] = content(response.help, type, response.schema)
        }
        return .object(responses)
    }

    private func content(_ help: String, _ type: String?, _ schema: JSONValue?) -> JSONValue {
        guard let type else { return ["description": .string(help)] }
        return ["description": .string(help), "content": [type: .object(schema.map { ["schema": $0] } ?? [:])]]
    }
}

/// Path items by their templates. Templates that differ in their names alone are one path, as 3.1 demands.
private struct Paths {
    private(set) var items: [String: [String: JSONValue]] = [:]
    private var templates: [[String]: String] = [:]
    private var names: Set<String> = []

    mutating func add(_ route: Route, _ operation: [String: JSONValue]) {
        let shape = route.pattern.segments.map { $0.hasPrefix("{") ? "{}" : $0 }
        let template = templates[shape] ?? "/" + route.pattern.segments.joined(separator: "/")
        templates[shape] = template
        var operation = operation
        operation["operationId"] = .string(name(of: route))
        let parameters = PathPattern(template).parameters.map(Self.parameter)
        if !parameters.isEmpty { items[template, default: [:]]["parameters"] = .array(parameters) }
        items[template, default: [:]][route.method.name.lowercased()] = .object(operation)
    }

    private static func parameter(_ name: String) -> JSONValue {
        ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string"]]
    }

    /// `getApiRunsById`; clients that are generated call their functions so.
    private mutating func name(of route: Route) -> String {
        let words = route.pattern.segments.flatMap { segment in
            (segment.hasPrefix("{") ? ["by"] : []) + segment.split { !($0.isLetter || $0.isNumber) }.map(String.init)
        }
        var name = route.method.name.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        while !names.insert(name).inserted { name += "_" }
        return name
    }
}

extension PathPattern {
    /// As templates of RFC 6570 have it: `["api", "runs", "{id}"]`; what stands for the rest of a path is one of them.
    fileprivate var segments: [String] {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .parameter(let name), .rest(let name): "{\(name)}"
            }
        }
    }
}
