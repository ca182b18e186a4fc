import HTTPKit
import PipelineKit

extension RetrAI {
    /// What a description of the interface says of each route.
    static let about = Descriptions()

    struct Descriptions: Sendable {
        let start = RouteDescription(
            "Starts a run.",
            tag: "retrai",
            body: StartBody.schema.jsonSchema,
            responses: [201: .init("The run was recorded, and is carried on as soon as there is room.")]
        )
        let list = RouteDescription(
            "Lists runs, oldest first.",
            tag: "retrai",
            query: [
                .init("limit", "How many of the newest to list.", ["type": "integer", "default": 1_000]),
                .init(
                    "status",
                    "Only runs that stand there.",
                    ["enum": .array(RetrAIStatus.allCases.map { .string($0.rawValue) })]
                ),
            ],
            responses: [200: .init("The runs.")]
        )
        let show = RouteDescription("Shows a run.", tag: "retrai", responses: [200: .init("The run.")])
        let resume = RouteDescription(
            "Answers the oldest open question of a run.",
            tag: "retrai",
            body: ResumeBody.schema.jsonSchema,
            responses: [200: .init("The answer was recorded.")]
        )
        let abort = RouteDescription("Ends a run.", tag: "retrai", responses: [200: .init("The run has ended.")])
        let configure = RouteDescription(
            "Changes a run that is under way.",
            tag: "retrai",
            body: ConfigBody.schema.jsonSchema,
            responses: [200: .init("What holds from now on.")]
        )
        let stream = RouteDescription(
            "Tells all that happens in a run, from its first event on, until it has ended.",
            tag: "retrai",
            query: [.init("since", "Only events after this sequence.", ["type": "integer", "default": 0])],
            responses: [101: .init("A WebSocket.")]
        )
    }
}
