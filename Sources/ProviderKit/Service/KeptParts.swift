public import PipelineKit

/// What a vendor wants to see again of a reply: in which order its parts stood, and what only the vendor can read of them,
/// as signed thoughts, which are refused by another model, and when they were changed.
///
/// As JSON `{"anthropic": {"model": "claude-opus-5", "parts": [{"whole": ...}, {"text": 12}, {"call": true}]}}`. Text stands
/// for its length in UTF-8 and a call for itself, as the reply has them already.
public struct KeptParts: Sendable, Hashable {
    public enum Part: Sendable, Hashable {
        /// Nothing that the reply has; given back as it is.
        case whole(JSONValue)
        /// So many bytes of the reply's text, with a mark of the vendor's.
        case text(Int, mark: JSONValue? = nil)
        /// The next call of the reply, with a mark of the vendor's.
        case call(mark: JSONValue? = nil)
    }

    /// A part with what the reply has for it.
    public enum Said: Sendable, Hashable {
        case whole(JSONValue)
        case text(Substring, mark: JSONValue?)
        case call(ToolCall, mark: JSONValue?)
    }

    public private(set) var parts: [Part] = []

    public init() {}

    public mutating func append(_ part: Part) { parts.append(part) }

    /// - Parameters:
    ///   - vendor: Whose it is.
    ///   - model: As its service calls it.
    /// - Returns: `nil` where nothing is kept but the order.
    public func keepsake(of vendor: ModuleID, _ model: String) -> JSONValue? {
        guard parts.contains(where: \.isVendors) else { return nil }
        return [vendor.value: ["model": .string(model), "parts": .array(parts.map(\.json))]]
    }

    /// - Parameter model: The one that is asked now; a service may have added a date to the name.
    /// - Returns: `nil` for what another vendor or another model has said.
    public init?(_ keepsake: JSONValue?, of vendor: ModuleID, for model: String) {
        guard let own = keepsake?[vendor.value], let author = own["model"]?.text,
            author == model || author.hasPrefix("\(model)-")
        else { return nil }
        parts = own["parts"]?.elements.compactMap(Part.init) ?? []
    }

    /// What the model said in the order it said it; what is not known of comes last, text first.
    public func said(_ text: String, _ calls: [ToolCall]) -> [Said] {
        var (said, text, calls) = ([Said](), text[...], calls[...])
        for part in parts {
            switch part {
            case .whole(let json): said.append(.whole(json))
            case .text(let bytes, let mark):
                let end = text.utf8.index(text.startIndex, offsetBy: max(0, bytes), limitedBy: text.endIndex)
                said.append(.text(text[..<(end ?? text.endIndex)], mark: mark))
                text = text[(end ?? text.endIndex)...]
            case .call(let mark): if let call = calls.popFirst() { said.append(.call(call, mark: mark)) }
            }
        }
        if !text.isEmpty { said.append(.text(text, mark: nil)) }
        return said + calls.map { .call($0, mark: nil) }
    }
}

extension KeptParts.Part {
    fileprivate var isVendors: Bool {
        switch self {
        case .whole: true
        case .text(_, let mark), .call(let mark): mark != nil
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .whole(let json): ["whole": json]
        case .text(let bytes, let mark): Self.object(["text": .int(bytes)], mark)
        case .call(let mark): Self.object(["call": true], mark)
        }
    }

    private static func object(_ members: [String: JSONValue], _ mark: JSONValue?) -> JSONValue {
        var members = members
        members["mark"] = mark
        return .object(members)
    }

    fileprivate init?(_ json: JSONValue) {
        if let whole = json["whole"] {
            self = .whole(whole)
        } else if let bytes = json["text"]?.integer {
            self = .text(bytes, mark: json["mark"])
        } else if json["call"] == true {
            self = .call(mark: json["mark"])
        } else {
            return nil
        }
    }
}

extension ToolCall {
    /// The arguments as an object, for vendors that take nothing else; whatever else they are is wrapped into one.
    public var argumentsObject: JSONValue {
        if arguments.allSatisfy(\.isWhitespace) { return [:] }
        if let value = try? JSONValue(parsing: arguments), case .object = value { return value }
        return ["not_an_object": .string(arguments)]
    }
}
