public import PipelineKit

/// Takes down what is to be done and how far it is.
///
/// Nothing is kept: each call has the whole list, and the record of the call is the list.
public struct TodoTool: Tool {
    public static let id: ModuleID = "todo"
    public static let summary =
        "Writes down the list of what is to be done and how far it is; each call gives the whole list anew."
    public static let example: JSONValue = [
        "items": [["text": "Find out what fails", "status": "in_progress"], ["text": "Mend it"]]
    ]
    public static let reach: Set<Reach> = [.reads]

    public enum Status: String, Choice {
        case pending
        case inProgress = "in_progress"
        case done
    }

    public struct Item: Fields {
        @Field("What is to be done, in one line.") var text: String
        @Field("How far it is.") var status: Status = .pending
        public init() {}

        public func check(_ reader: inout FieldReader) {
            if text.trimmed.isEmpty { reader.problem(inValueOf: "text", "must say what is to be done, but is empty.") }
            if text.trimmed.contains(where: \.isNewline) {
                reader.problem(inValueOf: "text", "must be one line, but has several.")
            }
            if text.count > TodoTool.longest {
                reader.problem(inValueOf: "text", "may have \(TodoTool.longest) characters, but has \(text.count).")
            }
        }
    }

    public struct Arguments: Fields {
        @Field("The whole list, in the order it is to be done; at most one is in progress.") var items: [Item]
        public init() {}

        public func check(_ reader: inout FieldReader) {
            if items.count > TodoTool.most {
                reader.problem(inValueOf: "items", "may have \(TodoTool.most) items, but has \(items.count).")
            }
            let begun = items.indices.filter { items[$0].status == .inProgress }.map { "\($0 + 1)" }
            if begun.count > 1 {
                let numbers = begun.joined(separator: ", ")
                reader.problem(inValueOf: "items", "may have one item in progress, but has \(begun.count): \(numbers).")
            }
        }
    }

    /// Items of a list.
    private static let most = 100
    /// Characters of an item.
    private static let longest = 500

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let items = arguments.items
        guard !items.isEmpty else { return ToolOutput("The list is empty.") }
        let width = "\(items.count)".count
        let lines = items.enumerated().map { index, item in
            let number = "\(index + 1)"
            let space = String(repeating: " ", count: width - number.count)
            return "\n\(space)\(number). \(item.status.box) \(item.text.trimmed)"
        }
        let done = items.count { $0.status == .done }
        return ToolOutput("\(done) of \(items.count) done." + lines.joined())
    }
}

extension TodoTool.Status {
    fileprivate var box: String {
        switch self {
        case .pending: "[ ]"
        case .inProgress: "[~]"
        case .done: "[x]"
        }
    }
}
