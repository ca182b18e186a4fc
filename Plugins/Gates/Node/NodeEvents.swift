import PipelineKit

/// What the reporter of ``NodeReporter`` wrote down.
struct NodeEvents: Sendable {
    enum Kind: String, Sendable {
        case enqueue
        case start
        case pass
        case fail
    }

    struct Event: Sendable {
        var kind: Kind
        var name: String
        var nesting: Int
        /// Absolute path of the test file.
        var file: String
        var line: Int?
        var seconds: Double?
        /// Whether it is a `describe`, which has no outcome of its own.
        var isSuite: Bool
        /// Why it is skipped or yet to do; `nil` when it is neither.
        var skip: String?
        /// Node's name of the reason: `testCodeFailure`, `subtestsFailed`, `hookFailed`.
        var failure: String?
        var message: String
        /// How the process of a test file ended.
        var status: Int?
        var signal: String?

        /// Whether it is the test that stands for a whole file.
        var isFile: Bool { nesting == 0 && name == file }
    }

    /// In their order.
    let events: [Event]
    /// Whether the report says that it is complete, and holds as many lines as it says.
    let isComplete: Bool

    /// Reads lines of JSON; what is none is passed over, and then the count does not hold.
    init(_ bytes: [UInt8]) {
        var events: [Event] = []
        var lines = 0
        var told: Int?
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let value = try? JSONValue(parsing: Array(line)) else {
                lines += 1
                continue
            }
            if value["event"]?.text == "end" {
                told = told == nil ? value["lines"]?.integer : -1
            } else {
                lines += 1
                if let event = Event(value) { events.append(event) }
            }
        }
        self.events = events
        isComplete = told == lines
    }

    /// The files that were started and have not ended.
    var openFiles: [String] {
        var open: [String] = []
        for event in events where event.isFile || event.kind != .enqueue {
            if event.isFile, event.kind == .enqueue { open.append(event.file) }
        }
        let over = Set(events.filter { $0.kind == .pass || $0.kind == .fail }.map(\.file))
        return open.filter { !over.contains($0) }
    }
}

extension NodeEvents.Event {
    init?(_ value: JSONValue) {
        guard let kind = value["event"]?.text.flatMap(NodeEvents.Kind.init), let name = value["name"]?.text else {
            return nil
        }
        self.kind = kind
        self.name = name
        nesting = min(max(0, value["nesting"]?.integer ?? 0), 1_000)
        file = value["file"]?.text ?? ""
        line = value["line"]?.integer
        seconds = value["milliseconds"]?.number.map { $0 / 1_000 }
        isSuite = value["suite"]?.boolean == true
        skip = Self.reason(value["skip"]) ?? Self.reason(value["todo"])
        failure = value["failure"]?.text
        message = value["message"]?.text ?? ""
        status = value["status"]?.integer
        signal = value["signal"]?.text
    }

    /// `true` or a text says that there is a reason; `false` and nothing that there is none.
    private static func reason(_ value: JSONValue?) -> String? {
        if let text = value?.text { return text }
        return value?.boolean == true ? "" : nil
    }
}
