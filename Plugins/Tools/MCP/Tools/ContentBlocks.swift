import FoundationEssentials
import PipelineKit

/// What results and prompts are made of: texts, images, resources.
struct ContentBlocks {
    private(set) var texts: [String] = []
    private var images: [Image] = []

    init(_ blocks: [JSONValue] = []) { for block in blocks { add(block) } }

    mutating func add(text: String) { texts.append(text) }

    mutating func add(_ block: JSONValue) {
        switch block["type"]?.text {
        case "text": texts.append(block["text"]?.text ?? "")
        case "image": add(bytes: block["data"], block["mimeType"], "image")
        case "audio": add(bytes: block["data"], block["mimeType"], "audio")
        case "resource": add(resource: block["resource"] ?? .null)
        case "resource_link": texts.append(Self.link(block))
        default: texts.append("[\(Self.word(block["type"])) that cannot be shown]")
        }
    }

    /// The contents of a resource: text, or bytes in base64.
    mutating func add(resource: JSONValue) {
        let uri = Self.word(resource["uri"])
        if let text = resource["text"]?.text {
            texts.append("[resource \(uri)]\n\(text)")
        } else {
            add(bytes: resource["blob"], resource["mimeType"], "resource \(uri)")
        }
    }

    private mutating func add(bytes: JSONValue?, _ mediaType: JSONValue?, _ what: String) {
        guard let data = bytes?.text.flatMap({ Data(base64Encoded: $0) }) else {
            return texts.append("[\(what) whose bytes cannot be read]")
        }
        if let image = Image(Array(data)), image.problem == nil {
            images.append(image)
        } else {
            texts.append("[\(what), \(Self.word(mediaType)), \(data.count) bytes, not shown]")
        }
    }

    /// Whether the texts are what the structured content says, which servers add for clients that know no such thing.
    func say(_ structured: JSONValue) -> Bool {
        let said = texts.map { (try? JSONValue(parsing: $0)) ?? .string($0) }
        if said == [structured] { return true }
        // Some wrap what is no object.
        guard structured.members.count == 1, let inner = structured["result"] else { return false }
        return said == [inner] || said == inner.elements || texts.map(JSONValue.string) == [inner]
            || texts.map(JSONValue.string) == inner.elements
    }

    func output(isError: Bool = false) -> ToolOutput {
        ToolOutput(texts.joined(separator: "\n"), isError: isError, images: images)
    }

    private static func link(_ block: JSONValue) -> String {
        let about = [block["title"]?.text ?? block["name"]?.text, block["description"]?.text].compactMap(\.self)
        return "[link to \(word(block["uri"]))] \(about.joined(separator: ": "))".trimmed
    }

    private static func word(_ json: JSONValue?) -> String { Untrusted.text(json?.text ?? "something", most: 500) }
}
