import HTTPKit
import PipelineKit
import Testing

/// The description that programs read.
struct OpenAPITests {
    private static let respond: Route.Responder = { _ throws(HTTPError) in HTTPResponse(.ok) }
    private static let open: Route.Opener = { _ throws(HTTPError) in StreamSession(opened: { _ in }) }

    private let routes: [Route] = [
        .get(
            "/api/runs",
            RouteDescription(
                "Lists runs.",
                tag: "runs",
                query: [.init("limit", "How many.", ["type": "integer", "minimum": 1])],
                responses: [200: .init("The runs.", schema: ["$ref": "#/components/schemas/Runs"])]
            ),
            respond
        ),
        .post(
            "/api/runs",
            RouteDescription(
                "Starts a run.",
                tag: "runs",
                body: ["type": "object", "required": ["goal"], "properties": ["goal": ["type": "string"]]],
                responses: [201: .init("It runs."), 409: .init("There is one.", schema: ["type": "object"])]
            ),
            respond
        ),
        .delete(
            "/api/runs/{id}",
            RouteDescription("Removes it.", tag: "runs", responses: [204: .init("Gone.")]),
            respond
        ),
        .get("/api/runs/{run}", RouteDescription("Shows it.", tag: "runs", responses: [200: .init("It.")]), respond),
        .get(
            "/assets/{file...}",
            RouteDescription("An asset.", tag: "console", responses: [200: .init("Bytes.", type: "text/css")]),
            respond
        ),
        .webSocket("/api/ws/{id}", RouteDescription("Follows it.", tag: "runs"), open),
        .events("/api/sse/{id}", RouteDescription("Follows it.", tag: "runs"), open),
        .get("/health", RouteDescription("Whether it works.", tag: "server", responses: [200: .init("Yes.")]), respond),
    ]

    private var document: JSONValue {
        OpenAPI(title: "Sluice", version: "1.0", schemas: ["Runs": ["type": "array"]]).document(of: routes)
    }

    /// What a validator that is not ours says.
    private func verdict(on document: JSONValue) async throws -> String {
        let program = """
            import json, sys
            from openapi_spec_validator import OpenAPIV31SpecValidator as Validator
            for error in Validator(json.load(sys.stdin)).iter_errors():
                print(error.message)
            """
        return try await python(program, document.encoded())
    }

    @Test func theDocumentIsOpenAPI() async throws { #expect(try await verdict(on: document) == "") }

    @Test func theValidatorWouldSayWhatIsWrong() async throws {
        var members = document.members
        members["info"] = ["title": "Sluice"]
        #expect(try await verdict(on: .object(members)).contains("'version' is a required property"))
    }

    @Test func anEmptyTableIsOpenAPIToo() async throws {
        #expect(try await verdict(on: OpenAPI(title: "", version: "").document(of: [])) == "")
    }

    private func operation(_ path: String, _ method: String) -> JSONValue? { document["paths"]?[path]?[method] }

    @Test func aRouteIsDescribed() {
        #expect(
            operation("/api/runs", "get") == [
                "operationId": "getApiRuns", "summary": "Lists runs.", "tags": ["runs"],
                "parameters": [
                    [
                        "name": "limit", "in": "query", "description": "How many.",
                        "schema": ["type": "integer", "minimum": 1],
                    ]
                ],
                "responses": [
                    "200": [
                        "description": "The runs.",
                        "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Runs"]]],
                    ],
                    "default": ["$ref": "#/components/responses/Error"],
                ],
            ]
        )
        #expect(operation("/api/runs", "post")?["requestBody"]?["required"] == true)
        #expect(operation("/api/runs", "post")?["responses"]?["201"] == ["description": "It runs."])
    }

    @Test func pathsThatDifferInNamesAloneAreOne() {
        #expect(document["paths"]?.members.keys.filter { $0.hasPrefix("/api/runs/") } == ["/api/runs/{id}"])
        #expect(operation("/api/runs/{id}", "get")?["operationId"] == "getApiRunsByRun")
        #expect(operation("/api/runs/{id}", "delete") != nil)
        #expect(
            document["paths"]?["/assets/{file}"]?["parameters"]
                == [["name": "file", "in": "path", "required": true, "schema": ["type": "string"]]]
        )
    }

    @Test func streamsAreTold() {
        #expect(operation("/api/ws/{id}", "get")?["responses"]?["101"] == ["description": "A WebSocket (RFC 6455)."])
        #expect(operation("/api/sse/{id}", "get")?["responses"]?["200"]?["content"]?["text/event-stream"] != nil)
        #expect(operation("/api/sse/{id}", "get")?["security"] == [["bearer": []], ["key": []], ["ticket": []]])
    }

    @Test func whatIsOpenNeedsNoKey() {
        #expect(operation("/health", "get")?["security"] == [])
        #expect(operation("/api/runs", "get")?["security"] == nil)
        #expect(document["security"] == [["bearer": []], ["key": []]])
    }

    @Test func twoOperationsNeverHaveOneName() async throws {
        let about = RouteDescription("Does it.", tag: "t", responses: [200: .init("Done.")])
        let routes: [Route] = [.get("/a-b", about, Self.respond), .get("/a/b", about, Self.respond)]
        #expect(try await verdict(on: OpenAPI(title: "T", version: "1").document(of: routes)) == "")
    }

    @Test func whatIsNotDescribedIsNamed() {
        #expect(OpenAPI.gaps(in: routes) == [])
        let gaps = OpenAPI.gaps(in: [
            .get("/bare", nil, Self.respond), .post("/mute", RouteDescription("Does it.", tag: "t"), Self.respond),
        ])
        #expect(gaps == ["Route GET /bare has no description.", "Route POST /mute does not say what it answers."])
    }
}
