import PipelineKit

/// Every kind of field at once.
struct Settings: Fields, Hashable {
    enum Mode: String, Choice {
        case fast
        case thorough
        case byHand = "by_hand"
    }

    struct Server: Fields, Hashable {
        @Field("Where it listens.") var host: String
        @Field("Its port.") var port: Int = 80
        init() {}
    }

    @Field("The command line.") var command: String
    @Field("Attempts.") var maxTries: Int = 3
    @Field("Share of tests.") var share: Double = 0.5
    @Field("Whether it is quiet.") var quiet: Bool = false
    @Field("How.") var mode: Mode = .fast
    @Field("Words.") var args: [String] = []
    @Field("What stands for nothing.") var `default`: JSONValue? = nil
    @Field("Anything.") var extra: JSONValue = [:]
    @Field("The first server.") var main: Server? = nil
    @Field("The servers.") var servers: [Server] = []
    @Field("Servers by name.") var named: [String: Server] = [:]
    @Field("A limit that can be lifted.") var limit: Int? = 10
    init() {}
}

/// Two numbers that have to agree.
struct Range: Fields, Hashable {
    @Field("The least.") var low: Int = 0
    @Field("The most.") var high: Int = 0
    init() {}

    func check(_ reader: inout FieldReader) {
        if low > high { reader.problem(inValueOf: "low", "must not exceed 'high', but is \(low).") }
    }
}

struct Ranges: Fields, Hashable {
    @Field("Ranges.") var all: [Range] = []
    init() {}
}
